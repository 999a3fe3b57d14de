/** How far a circle through the organizations has come, in the order of their ids. */
export interface CirclePosition {
  /** Those after this one have their turn next. */
  after: string;
  /** Some that had their turn in this circle probably have more. */
  leftSome: boolean;
}

/** What one transaction looks at of the filters that wait. */
export interface FilterTurn extends CirclePosition {
  /** Shared equally between the organizations that have something waiting. */
  candidatesMax: number;
  organizationsMax: number;
}

/** What came of it: the first so many of its candidates were judged. */
export interface TurnTaken {
  organizations: readonly string[];
  candidates: readonly { organizationId: string }[];
  judged: number;
}

export interface NextTurn extends CirclePosition {
  /** Others are probably due already. */
  hasMore: boolean;
}

/** Before every organization. */
export const circleBegin: CirclePosition = { after: "00000000-0000-0000-0000-000000000000", leftSome: false };

export function shareOf({ candidatesMax }: FilterTurn, organizations: number): number {
  return Math.ceil(candidatesMax / organizations);
}

/** Where the next turn begins. */
export function nextTurn(turn: FilterTurn, { organizations, candidates, judged }: TurnTaken): NextTurn {
  const lastJudged = candidates[judged - 1];
  // Time was up: the others come before the rest of this one.
  if (lastJudged && judged < candidates.length)
    return { after: lastJudged.organizationId, leftSome: true, hasMore: true };
  const last = organizations.at(-1);
  const leftSome =
    turn.leftSome || (last !== undefined && candidates.length >= shareOf(turn, organizations.length));
  if (last && organizations.length >= turn.organizationsMax) return { after: last, leftSome, hasMore: true };
  return { ...circleBegin, hasMore: leftSome };
}
