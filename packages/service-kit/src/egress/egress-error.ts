/** Why a connection was not made: the destination is forbidden, or its name could not be resolved. */
export type EgressErrorCode = "destination_not_allowed" | "destination_unresolvable";

const messages: Record<EgressErrorCode, string> = {
  destination_not_allowed: "the destination is not on the public internet, or not open to webhooks",
  destination_unresolvable: "the destination's host name could not be resolved",
};

/** What the guard's connector fails with, before any socket opens. Says nothing about what a name resolved to. */
export class EgressError extends Error {
  readonly code: EgressErrorCode;

  constructor(code: EgressErrorCode) {
    super(messages[code]);
    this.name = "EgressError";
    this.code = code;
  }
}
