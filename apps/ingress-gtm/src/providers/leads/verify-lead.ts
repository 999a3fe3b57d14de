import type { Verification } from "@carewire/service-kit/ingress";
import {
  type RequestHeaders,
  verifyHexSignature,
  verifyStandardWebhook,
  verifyToken,
  verifyTypeform,
} from "@carewire/verifiers";
import type { LeadKey, LeadScheme } from "./lead-key.ts";

const standardHeaders = ["id", "timestamp", "signature"].flatMap((name) => [
  `webhook-${name}`,
  `svix-${name}`,
]);

/**
 * The scheme a request uses: the strongest it has a header of. Nothing weaker is tried when that one fails, so that
 * breaking a signature never turns it into a token.
 */
function schemeOf(headers: RequestHeaders): LeadScheme {
  if (standardHeaders.some((name) => headers[name] !== undefined)) return "standard";
  if (headers["typeform-signature"] !== undefined) return "typeform";
  if (headers["x-webhook-signature"] !== undefined) return "signature";
  return "token";
}

/** The keys of one scheme, and the place each has in the list of all. */
function keysOf<Scheme extends LeadScheme>(secrets: readonly LeadKey[], scheme: Scheme) {
  const found = secrets.flatMap((secret, index) => {
    const key = secret[scheme];
    return key === null ? [] : [{ key: key as NonNullable<LeadKey[Scheme]>, index }];
  });
  return {
    keys: found.map(({ key }) => key),
    /** What matched, by its place in the list of all secrets. */
    locate<Verdict extends { ok: true; matchedSecretIndex: number } | { ok: false; code: string }>(
      verdict: Verdict,
    ): Verdict {
      if (!verdict.ok) return verdict;
      const matchedSecretIndex = found[verdict.matchedSecretIndex]?.index ?? verdict.matchedSecretIndex;
      return { ...verdict, matchedSecretIndex };
    },
  };
}

/** Verifies a form backend's request by whichever scheme it uses. Never throws. */
export function verifyLead(request: {
  headers: RequestHeaders;
  rawBody: Uint8Array;
  nowMs: number;
  secrets: readonly LeadKey[];
}): Verification {
  const scheme = schemeOf(request.headers);
  switch (scheme) {
    case "standard": {
      const { keys, locate } = keysOf(request.secrets, scheme);
      return locate(verifyStandardWebhook({ ...request, secrets: keys }));
    }
    case "typeform": {
      const { keys, locate } = keysOf(request.secrets, scheme);
      return locate(verifyTypeform({ ...request, secrets: keys }));
    }
    case "signature": {
      const { keys, locate } = keysOf(request.secrets, scheme);
      return locate(verifyHexSignature({ ...request, secrets: keys }));
    }
    case "token": {
      const { keys, locate } = keysOf(request.secrets, scheme);
      return locate(verifyToken({ ...request, secrets: keys }));
    }
  }
}
