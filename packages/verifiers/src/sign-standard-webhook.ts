import { createHmac, sign } from "node:crypto";
import type { SigningKey } from "./signing-key.ts";
import { isMessageId, signedPrefix } from "./standard-webhook-message.ts";

/**
 * Signs a Standard Webhooks message: `v1,<base64>` (HMAC-SHA256) or `v1a,<base64>` (ed25519), by the kind of
 * `key`, over `<id>.<timestampSeconds>.<body>`. Returns one entry of `webhook-signature`.
 * Throws when `id` or `timestampSeconds` cannot be signed; neither comes from outside.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signStandardWebhook(
  key: SigningKey,
  id: string,
  timestampSeconds: number,
  body: Uint8Array,
): string {
  if (!isMessageId(id))
    throw new Error("A webhook id must be 1 to 256 visible ASCII characters without a dot");
  if (!Number.isSafeInteger(timestampSeconds)) throw new Error("A webhook timestamp must be whole seconds");
  const prefix = signedPrefix(id, timestampSeconds);
  switch (key.algorithm) {
    case "hmac-sha256":
      return `v1,${createHmac("sha256", key.key).update(prefix).update(body).digest("base64")}`;
    case "ed25519":
      return `v1a,${sign(null, Buffer.concat([Buffer.from(prefix), body]), key.privateKey).toString("base64")}`;
  }
}

/**
 * Signs with every key, for the time of a rotation. Returns the whole value of `webhook-signature`, entries
 * separated by spaces, in the order of `keys`.
 */
export function signStandardWebhookWithEach(
  keys: readonly SigningKey[],
  id: string,
  timestampSeconds: number,
  body: Uint8Array,
): string {
  return keys.map((key) => signStandardWebhook(key, id, timestampSeconds, body)).join(" ");
}
