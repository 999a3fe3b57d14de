import type { CallInput } from "../api/routes.ts";

/** The filters of the list of deliveries as they stand in the address. */
export interface DeliverySearch {
  cursor?: string;
  subscription_id?: string;
  status?: string;
  type?: string;
  response_class?: string;
  /** A moment, or a time back from now such as `24h`. */
  since?: string;
  until?: string;
  trigger?: string;
  event_id?: string;
  replay_id?: string;
}

const hoursBack: Record<string, number> = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 };

/** Times back from now that can be chosen. */
export const periods = [
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
];

/** The moment that `since` stands for, to the minute, so that the same page asks the same question for a while. */
export function momentOf(since: string | undefined, nowMs: number): string | undefined {
  if (since === undefined) return undefined;
  const hours = hoursBack[since];
  if (hours === undefined) return since;
  return new Date(Math.floor(nowMs / 60_000) * 60_000 - hours * 3_600_000).toISOString();
}

type Query = NonNullable<CallInput<"GET /v1/deliveries">["query"]>;

/** The query of the list. What the address says is the server's to judge. */
export function listQueryOf(search: DeliverySearch & { limit?: string }): Query {
  return { ...search, since: momentOf(search.since, Date.now()) } as Query;
}

const replayable = ["delivered", "failed", "cancelled"] as const;
type Replayable = (typeof replayable)[number];

export type ReplayFilter = NonNullable<CallInput<"POST /v1/replays">["body"]>["filter"];

/** The filter of a replay for what the address shows, or why there is none. */
export function replayFilterOf(
  search: DeliverySearch,
  nowMs: number,
): { ok: true; filter: ReplayFilter } | { ok: false; why: string } {
  const { status, event_id, replay_id, trigger } = search;
  if (event_id || replay_id || trigger) {
    return { ok: false, why: "Replay by filter works without the filters by event, replay job and trigger." };
  }
  if (status !== undefined && !replayable.includes(status as Replayable)) {
    return { ok: false, why: `What is ${status} is still on its way, or held: there is nothing to replay.` };
  }
  return {
    ok: true,
    filter: {
      ...(search.subscription_id ? { subscription_id: search.subscription_id } : {}),
      ...(status ? { status: status as Replayable } : {}),
      ...(search.type ? { type: search.type } : {}),
      ...(search.response_class ? { response_class: search.response_class as "5xx" } : {}),
      ...(search.since ? { since: momentOf(search.since, nowMs) } : {}),
      ...(search.until ? { until: search.until } : {}),
    },
  };
}
