import { httpEnvShape, originListSchema, originSchema, readEnv } from "@carewire/service-kit";
import { z } from "zod";

/** This process's settings, read once at start. */
export const readPortalEnv = () =>
  readEnv(
    z.object({
      ...httpEnvShape(4030),
      /** Where subscriptions-api answers this process: `http://subscriptions-api:4000`. */
      SUBSCRIPTIONS_API_URL: originSchema,
      /** Who may show the portal in a frame; subscriptions-api has the same setting. Empty: nobody. */
      PORTAL_EMBED_ORIGINS: originListSchema,
    }),
  );
