import { createSecretKey, type KeyObject } from "node:crypto";
import { z } from "zod";

/** A TCP port; 0 asks the system for a free one. */
export const portSchema = (defaultPort: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number")
    .transform(Number)
    .refine((port) => port <= 65_535, "must be a port number")
    .default(defaultPort);

const urlWithScheme = (schemes: string[], example: string) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
      `must be a URL like ${example}`,
    );

/** `postgres://user:password@host:port/database`. */
export const databaseUrlSchema = urlWithScheme(
  ["postgres:", "postgresql:"],
  "postgres://user@host:5432/database",
);

/** `redis://` or `rediss://`; absent means: run without Redis (polling only). */
export const redisUrlSchema = urlWithScheme(["redis:", "rediss:"], "redis://host:6379").optional();

/** Where this process runs. Only `local` loosens rules (http to loopback endpoints); the default is the strict one. */
export const carewireEnvSchema = z.enum(["local", "production"]).default("production");

export const logLevelSchema = z.enum(["debug", "info", "warn", "error", "fatal"]).default("info");

/** How long a stopping service may drain, milliseconds; 100 to 600,000. */
export const shutdownTimeoutMsSchema = z
  .string()
  .regex(/^\d{1,6}$/, "must be milliseconds")
  .transform(Number)
  .refine((ms) => ms >= 100 && ms <= 600_000, "must be between 100 and 600000 milliseconds")
  .default(10_000);

const commaSeparated = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** Comma-separated names, hosts or numbers; empty by default. */
export const listSchema = z.string().default("").transform(commaSeparated);

/** One or more secrets, comma-separated, newest first (rotation). At least one is required. */
export const secretListSchema = z
  .string()
  .transform(commaSeparated)
  .refine((secrets) => secrets.length > 0, "must hold at least one secret");

/** A key that wraps data keys; `id` is stored beside what it wrapped. */
export interface KeyEncryptionKey {
  id: string;
  key: KeyObject;
}

const keyEncryptionKeyPattern = /^([a-zA-Z0-9_-]{1,64}):([A-Za-z0-9+/_-]{43}=?)$/;

function parseKeyEncryptionKey(text: string): KeyEncryptionKey | null {
  const match = keyEncryptionKeyPattern.exec(text);
  if (match === null) return null;
  return { id: match[1]!, key: createSecretKey(Buffer.from(match[2]!, "base64")) };
}

/**
 * `KEY_ENCRYPTION_KEYS`: comma-separated `<id>:<32 bytes in base64>`. The first wraps new data keys, the others still
 * unwrap old ones, so a rotation puts the new key in front.
 */
export const keyEncryptionKeysSchema = z.string().transform((text, context): KeyEncryptionKey[] => {
  const keys = commaSeparated(text).map(parseKeyEncryptionKey);
  const valid = keys.filter((key) => key !== null);
  const distinctIds = new Set(valid.map((key) => key.id));
  if (valid.length > 0 && valid.length === keys.length && distinctIds.size === keys.length) return valid;
  context.addIssue({
    code: "custom",
    message:
      "must be comma-separated <id>:<base64 of 32 bytes>, each id once (make one: openssl rand -base64 32)",
  });
  return z.NEVER;
});

/** What every process with consumers reads besides; spread it into the service's own schema. */
export const consumerEnvShape = {
  /** How long a claimed delivery is left to its process, seconds; its handler may take half of that. */
  CONSUMER_LEASE_SECONDS: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, "must be between 1 and 9999 seconds")
    .transform(Number)
    .default(60),
};

const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

const originHint = "as a browser writes it, such as https://portal.example.com: no path, no slash at the end";

/** Scheme, host and port of a web page. */
export const originSchema = z.string().refine(isOrigin, `must be an origin ${originHint}`);

/** Comma-separated origins; empty by default. */
export const originListSchema = listSchema.refine((origins) => origins.every(isOrigin), {
  message: `must be comma-separated origins ${originHint}`,
});

/** What every process that serves HTTP reads; spread it into its own schema. */
export const httpEnvShape = (defaultPort: number) => ({
  PORT: portSchema(defaultPort),
  HOST: z.string().default("127.0.0.1"),
  CAREWIRE_ENV: carewireEnvSchema,
  LOG_LEVEL: logLevelSchema,
  SHUTDOWN_TIMEOUT_MS: shutdownTimeoutMsSchema,
});

/** What every service with a database reads; spread it into the service's own schema. */
export const serviceEnvShape = (defaultPort: number) => ({
  ...httpEnvShape(defaultPort),
  DATABASE_URL: databaseUrlSchema,
});
