import {
  type HmacKey,
  type ParsedSecret,
  parseEmrLegacySecret,
  parseVerifyingSecret,
  type VerifyingKey,
} from "@carewire/verifiers";

/** One secret of an EMR. Its prefix says which scheme it is for, so that none is accepted for both. */
export type EmrKey = { scheme: "standard"; key: VerifyingKey } | { scheme: "legacy"; key: HmacKey };

/** Reads one entry of `EMR_WEBHOOK_SECRET`: `whsec_…` or `whpk_…` for Standard Webhooks, `ehs_…` for `X-EMR-Signature`. */
export function parseEmrSecret(text: string): ParsedSecret<EmrKey> {
  if (text.startsWith("ehs_")) {
    const legacy = parseEmrLegacySecret(text);
    return legacy.ok ? { ok: true, key: { scheme: "legacy", key: legacy.key } } : legacy;
  }
  const standard = parseVerifyingSecret(text);
  return standard.ok ? { ok: true, key: { scheme: "standard", key: standard.key } } : standard;
}
