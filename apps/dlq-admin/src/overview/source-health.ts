import type { sourceHealths } from "@carewire/contracts";

type SourceHealth = (typeof sourceHealths)[number];

/** Verdicts on what came lately. */
export interface Lately {
  accepted: number;
  duplicate: number;
  conflict: number;
  malformed: number;
}

/** How an ingress is doing, by what came lately and whether anything ever came. */
export function sourceHealth(
  { accepted, duplicate, conflict, malformed }: Lately,
  everReceived: boolean,
): SourceHealth {
  const bad = conflict + malformed;
  const total = accepted + duplicate + bad;
  if (total === 0) return everReceived ? "quiet" : "never";
  return bad * 2 >= total ? "failing" : "receiving";
}
