import { parsePublicId } from "@carewire/envelope";
import { z } from "zod";
import { keyEncryptionKeysSchema, listSchema, serviceEnvShape } from "../env/schemas.ts";

/** An organization, as `org_…` or as the uuid inside it; the uuid comes out. */
export const organizationIdSchema = z.string().transform((text, context): string => {
  const uuid = parsePublicId("org", text) ?? z.uuid().safeParse(text).data;
  if (uuid) return uuid;
  context.addIssue({ code: "custom", message: "must be an organization id (org_… or its uuid)" });
  return z.NEVER;
});

/** What every ingress app reads besides its providers' secrets; spread it into the app's own schema. */
export const ingressEnvShape = (defaultPort: number) => ({
  ...serviceEnvShape(defaultPort),
  /** The organization that the secrets in the environment belong to. */
  CAREWIRE_ORGANIZATION_ID: organizationIdSchema,
  KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema,
  /** Addresses or CIDR ranges whose X-Forwarded-Proto is believed. */
  TRUSTED_PROXIES: listSchema,
});

/** The parsed {@link ingressEnvShape}. */
export type IngressEnv = z.output<z.ZodObject<ReturnType<typeof ingressEnvShape>>>;
