import type { Subscription } from "@carewire/contracts";
import type { Tone } from "@carewire/ui";

/** What an endpoint is doing, in one word, and why in a sentence. */
export interface EndpointState {
  label: "active" | "paused" | "disabled" | "failing";
  tone: Tone;
  why: string | null;
}

type Known = Pick<Subscription, "active" | "disabled_reason">;

/** `failing` only where the breaker is known: it is not part of the list. */
export function endpointState(endpoint: Known, breaker?: "closed" | "open" | "half_open"): EndpointState {
  if (endpoint.disabled_reason !== null) {
    return { label: "disabled", tone: "bad", why: endpoint.disabled_reason };
  }
  if (!endpoint.active) {
    return {
      label: "paused",
      tone: "warn",
      why: "Deliveries are held until it is resumed. Nothing is lost.",
    };
  }
  if (breaker !== undefined && breaker !== "closed") {
    return {
      label: "failing",
      tone: "bad",
      why: "It failed many times in a row, so it is left alone and tried from time to time. Nothing is lost.",
    };
  }
  return { label: "active", tone: "ok", why: null };
}
