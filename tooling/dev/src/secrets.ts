import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const generators: Record<string, () => string> = {
  KEY_ENCRYPTION_KEYS: () => `local1:${randomBytes(32).toString("base64")}`,
  STRIPE_WEBHOOK_SECRET: () => `whsec_${randomBytes(32).toString("hex")}`,
  MOBILE_MONEY_CALLBACK_SECRET: () => randomBytes(32).toString("hex"),
  LIVEKIT_API_KEY: () => `API${randomBytes(8).toString("hex")}`,
  LIVEKIT_API_SECRET: () => randomBytes(32).toString("base64url"),
  WHATSAPP_APP_SECRET: () => randomBytes(16).toString("hex"),
  WHATSAPP_VERIFY_TOKEN: () => randomBytes(24).toString("base64url"),
  RESEND_WEBHOOK_SECRET: () => standardWebhookSecret(),
  GTM_INBOUND_SECRET: () => standardWebhookSecret(),
  EMR_WEBHOOK_SECRET: () => standardWebhookSecret(),
  WORKFORCE_WEBHOOK_SECRET: () => standardWebhookSecret(),
  POSTGRES_PASSWORD: () => randomBytes(24).toString("hex"),
  REDIS_PASSWORD: () => randomBytes(24).toString("hex"),
};

const standardWebhookSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/**
 * The generated secrets of the local stack by environment variable, kept in `<folder>/secrets.json` (mode 0600):
 * without the same key-encryption key what is stored could never be read again. Missing ones are made.
 */
export function ensureSecrets(folder: string): Record<string, string> {
  const file = join(folder, "secrets.json");
  const kept = readKept(file);
  const missing = Object.entries(generators).filter(([name]) => !kept[name]);
  const secrets = { ...kept, ...Object.fromEntries(missing.map(([name, generate]) => [name, generate()])) };
  if (missing.length > 0) {
    writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return secrets;
}

function readKept(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}
