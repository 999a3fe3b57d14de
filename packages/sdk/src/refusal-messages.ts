import type { RefusalCode } from "@carewire/verifiers";

/**
 * Why a request was refused. Answer 401 to all of them except the last three, which mean that the receiving
 * code itself must be changed.
 */
export type WebhookRefusalCode =
  | Exclude<RefusalCode, "body_not_bytes">
  | "raw_body_required"
  | "secret_missing"
  | "secret_invalid";

/** What each refusal means and what to do about it. */
export const refusalMessages: Record<WebhookRefusalCode, string> = {
  header_missing:
    "The request lacks one of webhook-id, webhook-timestamp and webhook-signature (or their svix- forms).",
  header_repeated: "A signature header is there more than once or is not text.",
  header_too_long: "A signature header is longer than 8 KiB.",
  header_malformed: "A signature header does not have the form of its scheme.",
  header_conflict: "The webhook- and svix- headers are both there and disagree.",
  id_invalid: "The message id is not 1 to 256 visible ASCII characters without a dot.",
  timestamp_invalid: "The timestamp is not a whole number of seconds.",
  timestamp_too_old:
    "The request was signed too long ago. Check this machine's clock, and that nothing held it back.",
  timestamp_in_future: "The request was signed in the future. Check this machine's clock.",
  signatures_too_many: "The request carries more than 16 signatures.",
  signature_unsupported:
    "No signature is of a kind the given secrets can check: whsec_ secrets check v1, whpk_ keys check v1a.",
  signature_malformed: "The signatures are not well-formed.",
  signature_mismatch:
    "No signature fits these bytes and secrets. Check that the secret is the one of this subscription, and that the body is exactly what arrived, not parsed and serialised again.",
  raw_body_required:
    "The body must be the raw bytes (or text) of the request. Read it before any JSON parser does: express.raw({ type: () => true }), await request.arrayBuffer(), or the like.",
  secret_missing:
    "No secret was given, so nothing can be verified. Pass the whsec_ secret of the subscription.",
  secret_invalid: "A secret cannot be used",
};
