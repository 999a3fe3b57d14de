import type { ProblemItem } from "@carewire/service-kit";
import type { SigningKind } from "./signing-secret.ts";

/** What of a subscription must fit together; of a change, as it would be then. */
export interface Choices {
  kind: SigningKind;
  /** Names of write-only headers. */
  sensitiveHeaders: string[];
  hasEndpointAuth: boolean;
}

/** Everything that does not fit together, each with the field to change. */
export function choiceMistakes({ kind, sensitiveHeaders, hasEndpointAuth }: Choices): ProblemItem[] {
  const mistakes: ProblemItem[] = [];
  if (kind.keyType === "ed25519" && kind.scheme !== "standard-webhooks") {
    const message = "ed25519 goes with signature_scheme standard-webhooks only";
    mistakes.push({ path: "key_type", message, code: "incompatible" });
  }
  if (hasEndpointAuth && sensitiveHeaders.includes("authorization")) {
    const message = "sets Authorization, which is among the headers as well";
    mistakes.push({ path: "endpoint_auth", message, code: "incompatible" });
  }
  return mistakes;
}
