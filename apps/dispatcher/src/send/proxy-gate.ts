import type { SendOutcome } from "@carewire/delivery";

export interface ProxyGate {
  /** The egress proxy serves nobody right now, so that claiming would only write down failures. */
  closed(): boolean;
  /** Told about every outcome. */
  noted(outcome: SendOutcome): void;
}

const pauseMsMin = 1_000;
const pauseMsMax = 15_000;

/**
 * Pauses claims while the egress proxy is away: 1 s, 2 s … 15 s, a claim's deliveries finding out in between. Without it
 * everything that is due would be tried, and an attempt written, every minute.
 */
export function createProxyGate(deps: {
  clock: { now(): number };
  /** Told once per pause. */
  onClosed(detail: string): void;
}): ProxyGate {
  const { clock, onClosed } = deps;
  let pauses = 0;
  let untilMs = 0;

  return {
    closed: () => pauses > 0 && clock.now() < untilMs,
    noted(outcome) {
      if (outcome.kind === "proxy_failed" && outcome.fault === "proxy") {
        // The others of the same claim say nothing new.
        if (pauses > 0 && clock.now() < untilMs) return;
        untilMs = clock.now() + Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(pauses, 10));
        pauses++;
        onClosed(outcome.detail);
      } else if (pauses > 0 && passedProxy(outcome)) pauses = 0;
    },
  };
}

function passedProxy(outcome: SendOutcome): boolean {
  switch (outcome.kind) {
    case "response":
    case "proxy_failed":
      return true;
    case "network":
      return outcome.fault !== "dns";
    case "timeout":
    case "not_allowed":
    case "auth_failed":
    case "payload_erased":
    case "payload_unreadable":
    case "internal_error":
      return false;
  }
}
