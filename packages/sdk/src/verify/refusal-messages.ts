/**
 * Why a request was refused. Answer 401 to all of them except the last five, which mean that the receiving
 * code itself must be changed.
 */
export type WebhookRefusalCode =
  | "header_missing"
  | "header_repeated"
  | "header_too_long"
  | "header_malformed"
  | "header_conflict"
  | "id_invalid"
  | "timestamp_invalid"
  | "timestamp_too_old"
  | "timestamp_in_future"
  | "signatures_too_many"
  | "signature_unsupported"
  | "signature_malformed"
  | "signature_mismatch"
  | "raw_body_required"
  | "secret_missing"
  | "secret_invalid"
  | "scheme_unknown"
  | "sync_unavailable";

const rawBody = `The body must be the bytes or the text that arrived; what was parsed and written again is not what was signed.
- Express: app.post(path, express.raw({ type: () => true }), …) before express.json()
- NestJS: NestFactory.create(App, { rawBody: true }), then request.rawBody
- Fastify: addContentTypeParser("application/json", { parseAs: "buffer" }, …) around this route
- Next.js (app router), Workers, Deno, Bun: await request.arrayBuffer(); Hono: await c.req.arrayBuffer()
- Next.js (pages router): config = { api: { bodyParser: false } }
- Koa: read ctx.req before koa-body; AWS Lambda: event.body, from base64 if event.isBase64Encoded
createWebhookHandler() does it for you.`;

/** What each refusal means and what to do about it. */
export const refusalMessages: Record<WebhookRefusalCode, string> = {
  header_missing:
    "The request lacks one of webhook-id, webhook-timestamp and webhook-signature (or their svix- forms), or Eka-Webhook-Signature.",
  header_repeated: "A signature header is there more than once or is not text.",
  header_too_long: "A signature header is longer than 8 KiB.",
  header_malformed: "A signature header does not have the form of its scheme.",
  header_conflict: "The webhook- and svix- headers are both there and disagree.",
  id_invalid: "The message id is not 1 to 256 visible ASCII characters without a dot.",
  timestamp_invalid: "The timestamp is not a whole number of seconds.",
  timestamp_too_old: "The request was signed too long ago, or this machine's clock is wrong.",
  timestamp_in_future: "The request was signed in the future, or this machine's clock is wrong.",
  signatures_too_many: "The request carries more than 16 signatures.",
  signature_unsupported:
    "No signature is of a kind that the secrets check: whsec_ checks v1, whpk_ checks v1a.",
  signature_malformed: "The signatures are not well-formed.",
  signature_mismatch:
    "No signature fits. Check that the secret is that of the subscription, and the body the bytes or the text that arrived; what was parsed and written again is not what was signed.",
  raw_body_required: rawBody,
  secret_missing:
    "No secret was given. Pass that of the subscription (whsec_…, whpk_…, or an Eka signing key).",
  secret_invalid: "A secret cannot be used",
  scheme_unknown: 'options.scheme must be "standard-webhooks", "svix" or "eka".',
  sync_unavailable:
    "This build verifies with WebCrypto, which cannot answer at once: use `await verifyAsync(…)`.",
};
