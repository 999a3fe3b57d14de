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

const dayAndTime = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** What can be chosen for `since`: the periods, and the moment that stands in the address of an older page. */
export function sinceChoices(since: string | undefined): typeof periods {
  if (since === undefined || periods.some(({ value }) => value === since)) return periods;
  const atMs = Date.parse(since);
  return [
    ...periods,
    { value: since, label: `Since ${Number.isNaN(atMs) ? since : dayAndTime.format(atMs)}` },
  ];
}

/** The moment that `since` stands for, to the minute. */
export function momentOf(since: string | undefined, nowMs: number): string | undefined {
  if (since === undefined) return undefined;
  const hours = hoursBack[since];
  if (hours === undefined) return since;
  return new Date(Math.floor(nowMs / 60_000) * 60_000 - hours * 3_600_000).toISOString();
}

/** Where a page of a list lies. */
export type ListPlace = Pick<DeliverySearch, "cursor" | "since">;

/**
 * A page of a list. A period is counted back from now each time it is asked for, so a list that is left open follows the
 * clock; the page says since when it is, because its cursors fit no other moment.
 */
export async function readPage<Page extends object>(
  since: string | undefined,
  read: (since: string | undefined) => Promise<Page>,
): Promise<Page & { since: string | undefined }> {
  const moment = momentOf(since, Date.now());
  return { ...(await read(moment)), since: moment };
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
