import { type AdminRole, adminRoles } from "@carewire/contracts";
import { parsePublicId } from "@carewire/envelope";
import { keyEncryptionKeysSchema, originSchema, readEnv, serviceEnvShape } from "@carewire/service-kit";
import { z } from "zod";
import type { OidcSettings } from "./sessions/oidc/oidc-settings.ts";

const count = (defaultCount: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "must be a whole number, 1 or more")
    .transform(Number)
    .default(defaultCount);

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

const organizationSchema = z.string().transform((text, context) => {
  const id = isUuid(text) ? text : parsePublicId("org", text);
  if (id !== null) return id;
  context.addIssue({ code: "custom", message: "must be an organization's id, a uuid or org_…" });
  return z.NEVER;
});

const isRole = (name: string | undefined): name is AdminRole => adminRoles.some((role) => role === name);

const rolesSchema = z.string().transform((text, context): Map<string, AdminRole> => {
  const pairs = text.split(",").map((pair) => pair.trim().split("="));
  const roles = pairs.flatMap(([value, role]) => (value && isRole(role) ? [[value, role] as const] : []));
  if (roles.length === pairs.length) return new Map(roles);
  context.addIssue({
    code: "custom",
    message: `must be comma-separated <value of the claim>=<${adminRoles.join(" | ")}>`,
  });
  return z.NEVER;
});

const issuerSchema = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^(https:|http:\/\/(localhost|127\.0\.0\.1)[:/])/.test(text),
    "must be the https address of an OpenID Connect provider",
  );

const oidcShape = {
  OIDC_ISSUER: issuerSchema.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  /** The operators' own organization. */
  OIDC_ORGANIZATION_ID: organizationSchema.optional(),
  OIDC_ROLE_CLAIM: z.string().default("roles"),
  OIDC_ROLES: rolesSchema.optional(),
  OIDC_LABEL: z.string().max(64).default("Company account"),
  /** Where browsers reach this app. */
  DLQ_ADMIN_URL: originSchema.optional(),
};

const neededForOidc = [
  "OIDC_CLIENT_ID",
  "OIDC_CLIENT_SECRET",
  "OIDC_ORGANIZATION_ID",
  "OIDC_ROLES",
  "DLQ_ADMIN_URL",
] as const;

const dlqEnvSchema = z
  .object({
    ...serviceEnvShape(4020),
    ...oidcShape,
    KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema,
    /** An organization with so many open dead letters is alerted. */
    DLQ_ALERT_DEPTH: count(3),
    /** Also one whose oldest open dead letter is so old. */
    DLQ_ALERT_AGE_SECONDS: count(3_600),
    DLQ_WATCH_SECONDS: count(15),
    /** How long a bulk job waits between two steps, milliseconds. */
    DLQ_JOB_EVERY_MS: count(250),
    SESSION_HOURS: count(12),
    SESSION_IDLE_MINUTES: count(30),
  })
  .superRefine((env, context) => {
    if (env.OIDC_ISSUER === undefined) return;
    for (const name of neededForOidc) {
      if (env[name] !== undefined) continue;
      context.addIssue({ code: "custom", path: [name], message: "is required with OIDC_ISSUER" });
    }
  });

type DlqEnv = z.output<typeof dlqEnvSchema>;

/** This process's settings, read once at start. */
export const readDlqEnv = () => readEnv(dlqEnvSchema);

/** How operators sign in with their company's account; null when that is not set up. */
export function oidcSettingsOf(env: DlqEnv): OidcSettings | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env;
  const { OIDC_ORGANIZATION_ID: organizationId, OIDC_ROLES: roles, DLQ_ADMIN_URL: publicUrl } = env;
  const isSetUp = issuer !== undefined && clientId !== undefined && clientSecret !== undefined;
  if (!isSetUp || organizationId === undefined || roles === undefined || publicUrl === undefined) return null;
  const { OIDC_ROLE_CLAIM: roleClaim, OIDC_LABEL: label } = env;
  return { issuer, clientId, clientSecret, organizationId, roles, publicUrl, roleClaim, label };
}
