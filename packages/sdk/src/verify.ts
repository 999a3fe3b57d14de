import { parseVerifyingSecret, type VerifyingKey, verifyStandardWebhook } from "@carewire/verifiers";
import { refusalMessages, type WebhookRefusalCode } from "./refusal-messages.ts";
import { pickWebhookHeaders, type WebhookHeaders } from "./webhook-headers.ts";

/** `standard-webhooks` sends `webhook-*` headers, `svix` the same under `svix-*`. */
export type WebhookScheme = "standard-webhooks" | "svix";

/**
 * `scheme`: the one scheme to accept (default: either). `toleranceSeconds`: how far the signature's timestamp
 * may be from now, in both directions (default 300). `now`: the current time as a Date or in milliseconds
 * (default: the clock).
 */
export type VerifyOptions = { scheme?: WebhookScheme; toleranceSeconds?: number; now?: Date | number };

/** A genuine request. `id` is the same on every attempt and replay: deduplicate by it. */
export type VerifiedWebhook = {
  ok: true;
  id: string;
  timestampSeconds: number;
  scheme: WebhookScheme;
  /** Which of the given secrets matched. */
  matchedSecretIndex: number;
};

/** A request that must not be trusted. `message` is safe to log: it holds nothing of the request. */
export type RefusedWebhook = { ok: false; code: WebhookRefusalCode; message: string };

/** What {@link verify} returns. */
export type VerifyResult = VerifiedWebhook | RefusedWebhook;

const families = { "standard-webhooks": "webhook", svix: "svix" } as const;
const schemes = { webhook: "standard-webhooks", svix: "svix" } as const;

/**
 * Verifies a webhook request. `rawBody` is the body exactly as received, `secrets` one secret or several
 * during a rotation: `whsec_…` for HMAC signatures (`v1`), `whpk_…` for ed25519 ones (`v1a`).
 * Never throws, whatever the request holds; says what is wrong instead.
 */
export function verify(
  rawBody: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secrets: string | readonly string[] | undefined,
  { scheme, toleranceSeconds, now = Date.now() }: VerifyOptions = {},
): VerifyResult {
  const bytes = toBytes(rawBody);
  if (bytes === null) return refuse("raw_body_required");
  const keys = prepareKeys(typeof secrets === "string" ? [secrets] : (secrets ?? []));
  if (!keys.ok) return keys;
  const verdict = verifyStandardWebhook({
    headers: pickWebhookHeaders(headers ?? {}),
    rawBody: bytes,
    nowMs: Number(now),
    secrets: keys.keys,
    toleranceSeconds,
    family: scheme && families[scheme],
  });
  if (!verdict.ok) return refuse(verdict.code === "body_not_bytes" ? "raw_body_required" : verdict.code);
  const { id, timestampSeconds, family, matchedSecretIndex } = verdict;
  return { ok: true, id, timestampSeconds, scheme: schemes[family], matchedSecretIndex };
}

function refuse(code: WebhookRefusalCode): RefusedWebhook {
  return { ok: false, code, message: refusalMessages[code] };
}

function toBytes(rawBody: string | Uint8Array | ArrayBuffer): Uint8Array | null {
  if (typeof rawBody === "string") return Buffer.from(rawBody, "utf8");
  if (ArrayBuffer.isView(rawBody))
    return new Uint8Array(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength);
  if (rawBody instanceof ArrayBuffer) return new Uint8Array(rawBody);
  return null;
}

function prepareKeys(secrets: readonly string[]): { ok: true; keys: VerifyingKey[] } | RefusedWebhook {
  if (secrets.length === 0) return refuse("secret_missing");
  const keys: VerifyingKey[] = [];
  for (const [index, secret] of secrets.entries()) {
    if (!secret) return refuse("secret_missing");
    const parsed = parseVerifyingSecret(secret);
    if (!parsed.ok) {
      const message = `${refusalMessages.secret_invalid} (number ${index + 1} of ${secrets.length}): ${parsed.detail}.`;
      return { ok: false, code: "secret_invalid", message };
    }
    keys.push(parsed.key);
  }
  return { ok: true, keys };
}
