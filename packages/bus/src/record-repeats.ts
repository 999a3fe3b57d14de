import type { Sql } from "@carewire/db";
import { plainArray, textArray } from "./array-literal.ts";
import { type Holder, slotOf } from "./find-holders.ts";
import { type KeptRequest, toRequestColumns } from "./request-columns.ts";
import type { Acceptance, Submission } from "./submission.ts";
import type { Vault } from "./vault.ts";

interface Repeat extends KeptRequest {
  verdict: "duplicate" | "conflict";
  reason: string | null;
  /** The event that was there already. */
  eventId: string;
}

/**
 * Keeps a trace of requests that stored no event: repeats, and the same id with a different body. A conflicting
 * body is kept, and the reason names both hashes. Each names the event that was there already, unless it stored one of
 * its own as well.
 */
export async function recordRepeats(
  sql: Sql,
  vault: Vault,
  batch: Submission[],
  outcomes: Acceptance[][],
  holders: Map<string, Holder>,
): Promise<void> {
  const repeats = batch.flatMap((submission, i) => describe(submission, outcomes[i] ?? [], holders));
  if (repeats.length === 0) return;
  const c = await toRequestColumns(vault, repeats);
  await sql`
    insert into inbound_requests
      (id, organization_id, source_id, verdict, reason, external_id, headers, body_hash, body_bytes, body, repeat_of)
    select id, organization_id, source_id, verdict, reason, external_id, headers,
      substring((select ${c.hashes.joined}::bytea) from hash_offset for 32), body_bytes,
      substring((select ${c.bodies.joined}::bytea) from body_offset for body_length), event_id
    from unnest(${c.ids}::uuid[], ${c.organizationIds}::uuid[], ${c.sourceIds}::uuid[],
      ${textArray(repeats.map((repeat) => repeat.verdict))}::text[],
      ${textArray(repeats.map((repeat) => repeat.reason))}::text[], ${c.externalIds}::text[],
      ${c.headers}::text[], ${c.hashes.offsets}::int[], ${c.bodyBytes}::int[], ${c.bodies.offsets}::int[],
      ${c.bodies.lengths}::int[], ${plainArray(repeats.map((repeat) => repeat.eventId))}::uuid[])
      t(id, organization_id, source_id, verdict, reason, external_id, headers, hash_offset, body_bytes,
        body_offset, body_length, event_id)
    on conflict (id) do update set verdict = excluded.verdict, reason = excluded.reason, body = excluded.body`;
}

function describe(submission: Submission, outcomes: Acceptance[], holders: Map<string, Holder>): Repeat[] {
  const { organizationId, scope, inbound, events } = submission;
  const conflict = outcomes.findIndex(({ status }) => status === "conflict");
  const repeated = outcomes[Math.max(conflict, 0)];
  if (!inbound?.keepsRepeats || repeated === undefined) return [];
  const { eventId } = repeated;
  if (conflict === -1) {
    if (outcomes.some((outcome) => outcome.status === "accepted")) return [];
    return [{ organizationId, inbound, verdict: "duplicate", reason: null, eventId, keepsBody: false }];
  }
  const event = events[conflict];
  const holder = holders.get(slotOf(scope, event?.key ?? ""));
  const reason = `same id as event ${eventId} with another body: sha256 ${holder?.body_hash.toString("hex")} then ${event?.bodyHash.toString("hex")}`;
  return [{ organizationId, inbound, verdict: "conflict", reason, eventId, keepsBody: true }];
}
