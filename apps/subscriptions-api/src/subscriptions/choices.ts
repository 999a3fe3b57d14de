import type { ProblemItem } from "@carewire/service-kit";
import type { SigningKind } from "./signing-secret.ts";

/** What of a subscription must fit together; of a change, as it would be then. */
export interface Choices {
  kind: SigningKind;
  /** Names of write-only headers. */
  sensitiveHeaders: string[];
  hasEndpointAuth: boolean;
}

/** What only makes sense when we connect to an endpoint. */
const ofConnections = ["endpoint_auth", "client_certificate", "rate_limit_per_second"] as const;

type OfConnections = Partial<Record<(typeof ofConnections)[number], unknown>>;

/** What does not fit how deliveries leave: by POST to a url, or over a stream, which has none. */
export function transportMistakes(
  transport: string,
  { url, ...given }: OfConnections & { url?: string | undefined },
  isNew: boolean,
): ProblemItem[] {
  if (transport === "http") {
    const message = "is required, unless transport is stream";
    return isNew && url === undefined ? [{ path: "url", message, code: "invalid_type" }] : [];
  }
  const unfit = ofConnections.filter((field) => given[field] !== undefined && given[field] !== null);
  const message = "does not go with transport stream: nothing connects to an endpoint";
  return [...(url === undefined ? [] : ["url"]), ...unfit].map((path) => ({
    path,
    message,
    code: "incompatible",
  }));
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
