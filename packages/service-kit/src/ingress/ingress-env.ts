import { parsePublicId } from "@carewire/envelope";
import { z } from "zod";
import { keyEncryptionKeysSchema, listSchema, serviceEnvShape } from "../env/schemas.ts";
import { sourceRulesSchema } from "./source-rules-env.ts";

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
  /** Addresses or CIDR ranges whose X-Forwarded-Proto, X-Forwarded-For and CLIENT_CERTIFICATE_HEADER are believed. */
  TRUSTED_PROXIES: listSchema,
  /** The header in which a trusted proxy names the subject of the client certificate it checked. */
  CLIENT_CERTIFICATE_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, "must be a header's name")
    .transform((name) => name.toLowerCase())
    .default("x-client-certificate-subject"),
  SOURCE_RULES: sourceRulesSchema,
});

/** The parsed {@link ingressEnvShape}. */
export type IngressEnv = z.output<z.ZodObject<ReturnType<typeof ingressEnvShape>>>;
