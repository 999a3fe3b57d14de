import { wakeChannel } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import { appendAudit, withTenant } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { type DeliveryRow, findDelivery, presentDelivery } from "../deliveries/delivery-row.ts";
import { storedStatus, storedTrigger } from "../deliveries/delivery-status.ts";
import { noDelivery } from "../deliveries/no-delivery.ts";
import { conflictDetail } from "../events/conflict-detail.ts";
import { isPayloadErased } from "../events/read-payload.ts";
import { isHeld } from "../subscriptions/is-held.ts";
import type { SubscriptionRow } from "../subscriptions/subscription-row.ts";
import { actorOf } from "../tenancy/actor.ts";
import { claimReplayKey, idempotencyKeyOf } from "./claim-replay-key.ts";
import type { ReplayDeps } from "./make-replay.ts";

/** Someone waits for it, but first attempts of new events go first: the lane of retries, before bulk replays. */
const lane = 1;

type ReplayedDelivery =
  | { outcome: "replayed"; row: DeliveryRow; replayOf: string; shard: number | null }
  | { outcome: "not_found" }
  | { outcome: "refused"; detail: string };

const refused = (detail: string): ReplayedDelivery => ({ outcome: "refused", detail });

/** Why this delivery cannot be replayed as it is now, or null. */
function refusal(row: DeliveryRow): string | null {
  if (row.trigger === storedTrigger.test) return "This was a ping or a test; send a new one instead.";
  switch (row.status) {
    case storedStatus.pending:
      return "This delivery is still on its way; wait until it is delivered or failed, or read its next_retry_at.";
    case storedStatus.held:
      return "This delivery is held because its subscription is paused or disabled, or a stream that nobody reads; resume it, or connect.";
    default:
      return null;
  }
}

async function replayDelivery(
  tx: postgres.TransactionSql,
  principal: Principal,
  given: string,
  { id, now }: { id: string; now: Date },
): Promise<ReplayedDelivery> {
  // Two requests with one Idempotency-Key make one delivery.
  await tx`select pg_advisory_xact_lock(hashtextextended('replay:' || ${id}::text, 0))`;
  const row = await findDelivery(tx, principal, given);
  if (row === null) return { outcome: "not_found" };
  const made = await findDelivery(tx, principal, publicId("dlv", id));
  if (made !== null) return { outcome: "replayed", row: made, replayOf: given, shard: null };
  const reason = refusal(row);
  if (reason !== null) return refused(reason);
  // Locked, so that one that is resumed right now cannot leave a held delivery behind that nobody releases.
  const [endpoint] = await tx<Pick<SubscriptionRow, "id" | "active" | "transport" | "shard">[]>`
    select id, active, transport, shard from subscriptions where id = ${row.destination_id} for share`;
  if (endpoint === undefined) {
    return refused("Its subscription was deleted; make a new one and use its replay-missing.");
  }
  if (await isPayloadErased(tx, row.event_id)) {
    return refused("Its payload is not kept any more; publish the event again.");
  }
  const held = await isHeld(tx, endpoint);
  await insertReplay(tx, row, { id, now, held, shard: endpoint.shard });
  await appendAudit(tx, {
    organizationId: principal.organizationId,
    actor: actorOf(principal),
    action: "delivery.replayed",
    target: given,
    detail: { delivery: publicId("dlv", id), held },
    now,
  });
  const replayed = await findDelivery(tx, principal, publicId("dlv", id));
  if (replayed === null) throw new Error("a delivery just made is not there");
  return { outcome: "replayed", row: replayed, replayOf: given, shard: endpoint.shard };
}

async function insertReplay(
  tx: postgres.TransactionSql,
  { id: replayOf, organization_id, event_id, destination_id }: DeliveryRow,
  { id, now, held, shard }: { id: string; now: Date; held: boolean; shard: number },
): Promise<void> {
  const status = held ? storedStatus.held : storedStatus.pending;
  await tx`
    insert into deliveries (id, organization_id, event_id, destination_id, status, trigger, replay_of, created_at)
    values (${id}, ${organization_id}, ${event_id}, ${destination_id}, ${status}, ${storedTrigger.replay}, ${replayOf},
      ${now})`;
  if (held) return;
  await tx`
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane)
    values (${id}, ${organization_id}, ${event_id}, ${destination_id}, ${shard}, ${lane})`;
}

/** `POST /v1/deliveries/:id/replay` */
export function createReplayDelivery({ sql, clock }: ReplayDeps) {
  return initServer().route(apiContract.replays.replayDelivery, async ({ params, headers, res }) => {
    const principal = principalOf(res);
    const { organizationId } = principal;
    const now = new Date(clock.now());
    const claimed = await claimReplayKey(sql, {
      organizationId,
      key: idempotencyKeyOf(headers),
      content: ["delivery", params.id],
      newId: newId(now.getTime()),
    });
    if (!claimed.ok) return problemResult(res, "idempotency_conflict", { detail: conflictDetail });
    const result = await withTenant(sql, organizationId, (tx) =>
      replayDelivery(tx, principal, params.id, { id: claimed.id, now }),
    );
    switch (result.outcome) {
      case "not_found":
        return noDelivery(res);
      case "refused":
        return problemResult(res, "conflict", { detail: result.detail });
      case "replayed": {
        // A wake-up that is lost costs latency only.
        if (result.shard !== null) await sql.notify(wakeChannel, `shards:${result.shard}`).catch(() => {});
        return { status: 202, body: { ...presentDelivery(result.row), replay_of: result.replayOf } };
      }
    }
  });
}
