import type { InboundRequestDetail } from "../api/types.ts";

interface ReplayTexts {
  explanation: string;
  /** Why it cannot be replayed; null when it can. */
  refusal: string | null;
}

/** What replaying an inbound request does, in words. */
export const replayTexts: Record<InboundRequestDetail["replay"], ReplayTexts> = {
  republish: {
    explanation:
      "Its events are delivered again, under the ids they have, to every consumer and subscription that they match now. " +
      "Handlers and receivers that remember ids do nothing the second time.",
    refusal: null,
  },
  map_again: {
    explanation:
      "Its ingress reads the body again, as after a fix. Events that come of it take the usual way.",
    refusal: null,
  },
  none: {
    explanation: "",
    refusal: "There is nothing to replay: it repeated an earlier request, or its events are on their way.",
  },
};
