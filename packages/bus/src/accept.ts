import { createGroupCommit, type Sql } from "@carewire/db";
import { toColumns } from "./event-columns.ts";
import type { EventDraft } from "./event-draft.ts";
import type { Vault } from "./vault.ts";
import type { Waker } from "./waker.ts";

/** The record of a verified request from a provider, stored in the same commit as its events. */
export interface InboundRecord {
  id: string;
  sourceId: string;
  externalId: string | null;
  /** Allow-listed headers only. */
  headers: Record<string, string>;
  /** SHA-256 of the raw body. */
  bodyHash: Buffer;
  bodyBytes: number;
  /** Sealed raw body; null when one of the events carries the very same bytes. */
  body: Buffer | null;
}

export interface SubmittedEvent {
  draft: EventDraft;
  /** Idempotency key within the submission's scope; null = never deduplicated. */
  key: string | null;
  /** SHA-256 that tells a repeated event from a different one under the same key. */
  bodyHash: Buffer;
}

export interface Submission {
  organizationId: string;
  /** Idempotency scope: the source's id for providers, the organization's id for API callers. */
  scope: string;
  /** How long keys are remembered, days. */
  keyTtlDays: number;
  inbound: InboundRecord | null;
  events: SubmittedEvent[];
}

/**
 * What became of one submitted event. `duplicate`: the key was used for the same body before. `conflict`: it was
 * used for a different body. Both name the event that holds the key, and nothing new was stored.
 */
export interface Acceptance {
  status: "accepted" | "duplicate" | "conflict";
  eventId: string;
}

export interface Acceptor {
  /**
   * Stores a submission together with whatever else arrives meanwhile, in one commit. Resolves after that commit
   * with one acceptance per event, in order. Rejects with `GroupCommitFull` when too much is waiting, and with the
   * database's error when it is unreachable; in both cases nothing was stored and the caller should try again.
   */
  submit(submission: Submission): Promise<Acceptance[]>;
  drain(): Promise<void>;
}

export interface AcceptorOptions {
  sql: Sql;
  vault: Vault;
  waker: Waker;
  /** Submissions in one commit at most; default 500. */
  batchMax?: number;
  /** Submissions waiting at most; default 5,000. */
  waitingMax?: number;
}

interface Holder {
  scope: string;
  key: string;
  event_id: string;
  body_hash: Buffer;
}

const slot = (scope: string, key: string): string => `${scope}:${key}`;

/** Group-committed "dedupe and store": the write path of every ingress and of the publish API. */
export function createAcceptor(options: AcceptorOptions): Acceptor {
  const { sql, vault, waker, batchMax = 500, waitingMax = 5_000 } = options;

  async function flush(batch: Submission[]): Promise<Acceptance[][]> {
    const stored = await store(sql, vault, batch);
    if (stored.size > 0) waker.wake();
    const holders = await findHolders(sql, batch, stored);
    const outcomes = batch.map((submission) =>
      submission.events.map(({ draft, key, bodyHash }): Acceptance => {
        if (stored.has(draft.id)) return { status: "accepted", eventId: draft.id };
        const holder = holders.get(slot(submission.scope, key ?? ""));
        // The holder expired between the two statements: the event exists no less.
        if (!holder) return { status: "duplicate", eventId: draft.id };
        return { status: holder.body_hash.equals(bodyHash) ? "duplicate" : "conflict", eventId: holder.event_id };
      }),
    );
    await recordRepeats(sql, batch, outcomes);
    return outcomes;
  }

  const commits = createGroupCommit<Submission, Acceptance[]>({ flush, batchMax, waitingMax });
  return { submit: commits.submit, drain: commits.drain };
}

/** Inserts everything whose key is new; returns the ids of the events that were stored. */
async function store(sql: Sql, vault: Vault, batch: Submission[]): Promise<Set<string>> {
  const items = batch.flatMap((submission) =>
    submission.events.map((event) => ({ ...event, scope: submission.scope, ttlDays: submission.keyTtlDays })),
  );
  // Two processes inserting the same keys in different orders would deadlock.
  items.sort((a, b) => (slot(a.scope, a.key ?? "") < slot(b.scope, b.key ?? "") ? -1 : 1));
  const c = await toColumns(vault, items.map((item) => item.draft));
  const requests = batch.flatMap(({ organizationId, inbound }) => (inbound ? [{ organizationId, ...inbound }] : []));
  const rows = await sql<{ event_id: string }[]>`
    with input as materialized (
      select * from unnest(${items.map((i) => i.scope)}::uuid[], ${items.map((i) => i.key)}::text[],
        ${items.map((i) => i.bodyHash)}::bytea[], ${items.map((i) => i.ttlDays)}::int[],
        ${c.ids}::uuid[], ${c.organizationIds}::uuid[], ${c.accountIds}::uuid[],
        ${c.types}::text[], ${c.externalIds}::text[], ${c.subjects}::text[], ${c.sourceServices}::text[],
        ${c.occurredAts}::text[], ${c.inboundRequestIds}::uuid[], ${c.causes}::uuid[],
        ${c.traceparents}::text[], ${c.bodyBytes}::int[], ${c.bodies}::bytea[])
        t(scope, key, body_hash, ttl_days, id, organization_id, account_id, type, external_id, subject,
          source_service, occurred_at, inbound_request_id, caused_by, traceparent, body_bytes, body)),
    claimed as (insert into idempotency (scope, key, event_id, body_hash, expires_at)
      select scope, key, id, body_hash, now() + ttl_days * interval '1 day' from input where key is not null
      on conflict (scope, key) do nothing returning event_id),
    fresh as materialized (select * from input where key is null or id in (select event_id from claimed)),
    requests as (insert into inbound_requests
        (id, organization_id, source_id, verdict, external_id, headers, body_hash, body_bytes, body)
      select r.id, r.organization_id, r.source_id, 'accepted', r.external_id, r.headers::jsonb, r.body_hash,
        r.body_bytes, r.body
      from unnest(${requests.map((r) => r.id)}::uuid[], ${requests.map((r) => r.organizationId)}::uuid[],
        ${requests.map((r) => r.sourceId)}::uuid[], ${requests.map((r) => r.externalId)}::text[],
        ${requests.map((r) => JSON.stringify(r.headers))}::text[], ${requests.map((r) => r.bodyHash)}::bytea[],
        ${requests.map((r) => r.bodyBytes)}::int[], ${requests.map((r) => r.body)}::bytea[])
        r(id, organization_id, source_id, external_id, headers, body_hash, body_bytes, body)
      where r.id in (select inbound_request_id from fresh)),
    payloads as (insert into event_payloads (id, body) select id, body from fresh),
    queued as (insert into route_queue (event_id, organization_id, account_id, type)
      select id, organization_id, account_id, type from fresh)
    insert into events (id, organization_id, account_id, type, external_id, subject, source_service,
      occurred_at, inbound_request_id, caused_by, traceparent, body_bytes)
    select id, organization_id, account_id, type, external_id, subject, source_service,
      occurred_at::timestamptz, inbound_request_id, caused_by, traceparent, body_bytes from fresh
    returning id event_id`;
  return new Set(rows.map((row) => row.event_id));
}

/** Who holds the keys that were already taken. A statement of its own: the insert's snapshot cannot see them. */
async function findHolders(sql: Sql, batch: Submission[], stored: Set<string>): Promise<Map<string, Holder>> {
  const scopes: string[] = [];
  const keys: string[] = [];
  for (const submission of batch) {
    for (const { draft, key } of submission.events) {
      if (key === null || stored.has(draft.id)) continue;
      scopes.push(submission.scope);
      keys.push(key);
    }
  }
  if (keys.length === 0) return new Map();
  const rows = await sql<Holder[]>`
    select i.scope, i.key, i.event_id, i.body_hash from idempotency i
    join unnest(${scopes}::uuid[], ${keys}::text[]) t(scope, key) on i.scope = t.scope and i.key = t.key`;
  return new Map(rows.map((row) => [slot(row.scope, row.key), row]));
}

/** Keeps a trace of requests that stored no event: repeats, and the same id with a different body. */
async function recordRepeats(sql: Sql, batch: Submission[], outcomes: Acceptance[][]): Promise<void> {
  const repeats = batch.flatMap((submission, i) => {
    const statuses = (outcomes[i] ?? []).map((outcome) => outcome.status);
    if (!submission.inbound || statuses.includes("accepted")) return [];
    const verdict = statuses.includes("conflict") ? "conflict" : "duplicate";
    return [{ organizationId: submission.organizationId, verdict, ...submission.inbound }];
  });
  if (repeats.length === 0) return;
  await sql`
    insert into inbound_requests
      (id, organization_id, source_id, verdict, external_id, headers, body_hash, body_bytes, body)
    select id, organization_id, source_id, verdict, external_id, headers::jsonb, body_hash, body_bytes, body
    from unnest(${repeats.map((r) => r.id)}::uuid[], ${repeats.map((r) => r.organizationId)}::uuid[],
      ${repeats.map((r) => r.sourceId)}::uuid[], ${repeats.map((r) => r.verdict)}::text[],
      ${repeats.map((r) => r.externalId)}::text[], ${repeats.map((r) => JSON.stringify(r.headers))}::text[],
      ${repeats.map((r) => r.bodyHash)}::bytea[], ${repeats.map((r) => r.bodyBytes)}::int[],
      ${repeats.map((r) => r.body)}::bytea[])
      t(id, organization_id, source_id, verdict, external_id, headers, body_hash, body_bytes, body)`;
}
