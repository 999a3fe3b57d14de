/**
 * Why a request was refused. Every code means the same to the sender (401); the difference is for
 * logs, metrics and support.
 *
 * - `header_missing`: a required header is absent or empty.
 * - `header_repeated`: a header arrived as a list of values, or several joined by commas.
 * - `header_too_long`: a header is longer than 8 KiB.
 * - `header_malformed`: a header does not have the form of its scheme.
 * - `header_conflict`: both header families are present and disagree.
 * - `id_invalid`: the message id is not 1–256 visible ASCII characters without a dot.
 * - `timestamp_invalid`: not 9 to 11 decimal digits.
 * - `timestamp_too_old`, `timestamp_in_future`: outside the tolerance.
 * - `signatures_too_many`: more than 16 signatures.
 * - `signature_unsupported`: no signature of a version that any of the secrets can check.
 * - `signature_malformed`: signatures of a known version, none of them well-formed.
 * - `signature_mismatch`: well-formed signatures, none of them right for these bytes and secrets.
 * - `body_not_bytes`: the body was parsed or lost before it got here.
 */
export type RefusalCode =
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
  | "body_not_bytes";

/** A refused request, or a refused part of one. */
export type Refusal = { ok: false; code: RefusalCode };

/** What every successful verification tells. `matchedSecretIndex` points into the `secrets` given. */
export type Accepted = { ok: true; timestampSeconds: number; matchedSecretIndex: number };

/** Builds a {@link Refusal}. */
export function refuse(code: RefusalCode): Refusal {
  return { ok: false, code };
}
