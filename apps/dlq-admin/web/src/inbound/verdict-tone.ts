import type { Tone } from "@carewire/ui";
import type { InboundRequest } from "../api/types.ts";

/** What a verdict asks of the reader. */
export const verdictTones: Record<InboundRequest["verdict"], Tone> = {
  accepted: "ok",
  duplicate: "muted",
  conflict: "warn",
  malformed: "bad",
};
