import { parseSigner, type SignatureScheme, signatureHeaders } from "@carewire/verifiers";

/** How a body is signed. */
export interface SignOptions {
  /** `whsec_…` or `whsk_…`, any text for `eka`; several sign side by side, newest first, as during a rotation. */
  secret: string | readonly string[];
  /** Default `standard-webhooks`. `none` signs nothing. */
  scheme?: SignatureScheme;
  /** The message id: 1 to 256 visible ASCII characters without a dot. */
  id: string;
  /** When it is signed; default: now. */
  signedAt?: Date;
}

/**
 * The headers that Carewire sends with a body, signature included. Throws when a secret is none, or the id cannot be
 * signed; never names either.
 */
export function signWebhook(body: string | Uint8Array, options: SignOptions): Record<string, string> {
  const { secret, scheme = "standard-webhooks", id, signedAt = new Date() } = options;
  const secrets = typeof secret === "string" ? [secret] : secret;
  const parsed = parseSigner(scheme, secrets);
  if (!parsed.ok) throw new TypeError(`This cannot be signed: ${parsed.detail}`);
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const pairs = signatureHeaders(parsed.signer, id, Math.floor(signedAt.getTime() / 1_000), bytes);
  const headers: Record<string, string> = { "content-type": "application/json", "user-agent": "Carewire/1" };
  for (let i = 0; i + 1 < pairs.length; i += 2) headers[pairs[i] as string] = pairs[i + 1] as string;
  return headers;
}
