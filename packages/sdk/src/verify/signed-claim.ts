import {
  ekaHeaderName,
  ekaToleranceSeconds,
  type HeaderFamily,
  type Refusal,
  type RequestHeaders,
  readStandardWebhook,
  readTimestamped,
} from "@carewire/verifiers/portable";
import { toBytes } from "./raw-body.ts";
import {
  isWebhookScheme,
  type RawBody,
  type RefusedWebhook,
  refuseWebhook,
  type VerifyOptions,
  type WebhookScheme,
  type WebhookSecrets,
} from "./verify-result.ts";
import { prepareKeys, type VerifyingKey } from "./verifying-keys.ts";
import { isEkaRequest, pickWebhookHeaders, type WebhookHeaders } from "./webhook-headers.ts";

/** A request whose form is right: what must still be computed is whether one of the signatures fits one of the keys. */
export interface SignedClaim {
  ok: true;
  scheme: WebhookScheme;
  /** Null where the scheme signs no id; see `messageIdOf`. */
  id: string | null;
  timestampSeconds: number;
  /** What stands before the body in the signed bytes. */
  signedPrefix: string;
  body: Uint8Array;
  /** HMAC-SHA256 signatures, all in this encoding. */
  hmacEncoding: "base64" | "hex";
  hmac: readonly string[];
  /** Base64. */
  ed25519: readonly string[];
  keys: readonly VerifyingKey[];
  headers: RequestHeaders;
}

const families = { "standard-webhooks": "webhook", svix: "svix" } as const;
const schemes = { webhook: "standard-webhooks", svix: "svix" } as const;

/** Reads everything about a request that needs no cryptography. Never throws, whatever the request holds. */
export function readClaim(
  rawBody: RawBody,
  given: WebhookHeaders,
  secrets: WebhookSecrets,
  { scheme, toleranceSeconds, now = Date.now() }: VerifyOptions,
): SignedClaim | RefusedWebhook {
  const body = toBytes(rawBody);
  if (body === null) return refuseWebhook("raw_body_required");
  // A misspelt scheme must not open the door to all of them.
  if (scheme !== undefined && !isWebhookScheme(scheme)) return refuseWebhook("scheme_unknown");
  const headers = pickWebhookHeaders(given ?? {});
  const request = { headers, nowMs: Number(now), toleranceSeconds };
  if (scheme === "eka" || (scheme === undefined && isEkaRequest(headers))) {
    return readEka(body, request, secrets);
  }
  return readStandard(body, request, secrets, scheme && families[scheme]);
}

type Request = { headers: RequestHeaders; nowMs: number; toleranceSeconds: number | undefined };

function readEka(body: Uint8Array, request: Request, secrets: WebhookSecrets): SignedClaim | RefusedWebhook {
  const prepared = prepareKeys(secrets, "eka");
  if (!prepared.ok) return prepared;
  const { headers, toleranceSeconds = ekaToleranceSeconds } = request;
  const claim = readTimestamped(ekaHeaderName, { ...request, toleranceSeconds });
  if (!claim.ok) return refuseAs(claim);
  const { timestampSeconds, signedPrefix, signatures } = claim;
  const { keys } = prepared;
  return {
    ok: true,
    scheme: "eka",
    id: null,
    timestampSeconds,
    signedPrefix,
    body,
    hmacEncoding: "hex",
    hmac: signatures,
    ed25519: [],
    keys,
    headers,
  };
}

function readStandard(
  body: Uint8Array,
  request: Request,
  secrets: WebhookSecrets,
  family: HeaderFamily | undefined,
): SignedClaim | RefusedWebhook {
  const prepared = prepareKeys(secrets, "standard");
  if (!prepared.ok) return prepared;
  const { keys } = prepared;
  const { headers, nowMs, toleranceSeconds } = request;
  const algorithms = keys.map(({ algorithm }) => algorithm);
  const claim = readStandardWebhook({ headers, nowMs, toleranceSeconds, family, algorithms });
  if (!claim.ok) return refuseAs(claim);
  const { id, timestampSeconds, signedPrefix, v1, v1a } = claim;
  return {
    ok: true,
    scheme: schemes[claim.family],
    id,
    timestampSeconds,
    signedPrefix,
    body,
    hmacEncoding: "base64",
    hmac: v1,
    ed25519: v1a,
    keys,
    headers,
  };
}

function refuseAs({ code }: Refusal): RefusedWebhook {
  return refuseWebhook(code === "body_not_bytes" ? "raw_body_required" : code);
}
