import { type Acceptance, type Acceptor, CommitTimeout, type SubmittedEvent } from "@carewire/bus";
import { type Sql, withTenant } from "@carewire/db";
import type { Principal } from "@carewire/service-kit";
import type { EventRow } from "./event-row.ts";

/** Days that a key or id is remembered. */
export const keyTtlDays = 30;

export interface StoreDeps {
  sql: Sql;
  acceptor: Acceptor;
  /** Called at `publish.before_commit` and `publish.after_commit`; test builds crash there. */
  failpoint?: (name: string) => void;
}

type ShownColumns = Pick<EventRow, "id" | "external_id" | "type" | "occurred_at">;

/** One event after its commit: `event` is what was stored now or, for a duplicate, then. */
export type StoredEvent = { status: "accepted" | "duplicate"; event: ShownColumns } | { status: "conflict" };

/** One outcome per event, in order; or nobody knows, because the database did not confirm in time. */
export type StoreOutcome = { status: "done"; events: StoredEvent[] } | { status: "not_confirmed" };

const columnsOf = ({ draft }: SubmittedEvent): ShownColumns => ({
  id: draft.id,
  external_id: draft.externalId ?? null,
  type: draft.type,
  occurred_at: draft.occurredAt,
});

async function readStored(sql: Sql, principal: Principal, ids: string[]): Promise<Map<string, ShownColumns>> {
  if (ids.length === 0) return new Map();
  const rows = await withTenant(
    sql,
    principal.organizationId,
    (tx) => tx<ShownColumns[]>`
      select id, external_id, type, occurred_at from events where id = any(${ids}::uuid[])`,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Stores events of one caller in one commit, each at most once per key. Throws `GroupCommitFull` when too much is
 * waiting, and the database's error when it is lost; nothing was stored then.
 */
export async function storeEvents(
  { sql, acceptor, failpoint }: StoreDeps,
  principal: Principal,
  events: SubmittedEvent[],
): Promise<StoreOutcome> {
  const { organizationId } = principal;
  failpoint?.("publish.before_commit");
  let acceptances: Acceptance[];
  try {
    acceptances = await acceptor.submit({
      organizationId,
      scope: organizationId,
      keyTtlDays,
      inbound: null,
      events,
    });
  } catch (error) {
    if (error instanceof CommitTimeout) return { status: "not_confirmed" };
    throw error;
  }
  failpoint?.("publish.after_commit");
  const repeated = acceptances.flatMap(({ status, eventId }) => (status === "duplicate" ? [eventId] : []));
  const earlier = await readStored(sql, principal, repeated);
  const stored = events.map((event, i): StoredEvent => {
    const acceptance = acceptances[i];
    if (acceptance === undefined || acceptance.status === "conflict") return { status: "conflict" };
    // The first one may be gone with its day's partition; what it said is what was just said again.
    return { status: acceptance.status, event: earlier.get(acceptance.eventId) ?? columnsOf(event) };
  });
  return { status: "done", events: stored };
}
