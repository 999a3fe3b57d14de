import type { Sql } from "@carewire/db";
import type { FirstLane } from "../admission/lane-turn.ts";
import { claimStatement } from "./claim-statement.ts";

/** A delivery leased to this process. The lease is the attempt's intent: it is committed before bytes leave. */
export interface ClaimedDelivery {
  id: string;
  organizationId: string;
  eventId: string;
  subscriptionId: string;
  shard: number;
  /** 0 first attempt, 1 retry, 2 bulk replay. */
  lane: number;
  /** Number of this attempt, from 1. */
  attempt: number;
  /** Steps of the retry schedule used up so far. */
  retries: number;
  leaseToken: string;
  /** A ping or test: sent even to a paused endpoint, and never again. */
  probe: boolean;
  /** null: the subscription is gone. */
  subscriptionVersion: number | null;
  /** Of its event, as stored; 0 when the payload was erased. */
  bodyBytes: number;
}

/** What a delivery carries, fetched once per event and claim however many deliveries share it. */
export interface ClaimedEvent {
  id: string;
  organizationId: string;
  type: string;
  externalId: string | null;
  occurredAtMs: number;
  traceparent: string | null;
  /** Sealed; null when the payload was erased. */
  sealedBody: Buffer | null;
}

export interface Claim {
  deliveries: ClaimedDelivery[];
  events: Map<string, ClaimedEvent>;
}

/** A shard to look at, and where in it to begin: only endpoints after this id (round robin between claims). */
export interface ShardCursor {
  shard: number;
  after: string;
}

export interface ClaimRequest {
  /** The lane that chooses first; see `firstLaneOf`. */
  firstLane: FirstLane;
  /** Where to look for first attempts, in this order. */
  fresh: ShardCursor[];
  /** Where to look for retries, and after all of those for bulk replays. */
  retries: ShardCursor[];
  replays: ShardCursor[];
  /** First attempts wanted at most. */
  freshMax: number;
  /** Retries and replays wanted at most, and never more than `deliveriesMax` leaves beside the first attempts. */
  laterMax: number;
  deliveriesMax: number;
  /** Free slots of the endpoints for which they differ from `slotsDefault`. */
  slots: Map<string, number>;
  slotsDefault: number;
  leaseSeconds: number;
}

/** The columns of a leased delivery, in the order in which statements return them. */
export type ClaimRow = [
  string,
  string,
  string,
  string,
  number,
  number,
  number,
  number,
  string,
  boolean,
  number | null,
  string | null,
  string | null,
  number | null,
  string | null,
  Buffer | null,
];

/**
 * Leases due deliveries of many shards in one statement: first attempts before retries before bulk replays (unless
 * it is a later lane's turn), and in each lane fairly over the endpoints that have any. A loose index scan finds those endpoints, and each gives at most its
 * free slots over all lanes. Costs the same however many rows wait.
 * A previous lease that ran out without an outcome leaves a `lost` attempt, so that the ledger adds up.
 */
export async function claimDeliveries(sql: Sql, request: ClaimRequest): Promise<Claim> {
  const { fresh, retries, replays, slots } = request;
  const parameters = [
    [...slots.keys()],
    [...slots.values()],
    request.slotsDefault,
    request.freshMax,
    request.laterMax,
    request.deliveriesMax,
    request.leaseSeconds,
    ...[fresh, retries, replays].flatMap((cursors) => [
      cursors.map(({ shard }) => shard),
      cursors.map(({ after }) => after),
    ]),
  ];
  const rows = await sql.unsafe(claimStatement(request.firstLane), parameters, { prepare: true }).values();
  return toClaim(rows as unknown as ClaimRow[]);
}

/** Reads leased deliveries; the first row of each event carries what they share. */
export function toClaim(rows: readonly ClaimRow[]): Claim {
  const events = new Map<string, ClaimedEvent>();
  const deliveries = rows.map((row): ClaimedDelivery => {
    const [id, organizationId, eventId, subscriptionId, shard, lane, attempt, retries, leaseToken] = row;
    const [probe, version, type] = [row[9], row[10], row[11]];
    if (type !== null) {
      events.set(eventId, {
        id: eventId,
        organizationId,
        type,
        externalId: row[12],
        occurredAtMs: row[13] ?? 0,
        traceparent: row[14],
        sealedBody: row[15],
      });
    }
    return {
      id,
      organizationId,
      eventId,
      subscriptionId,
      shard,
      lane,
      attempt,
      retries,
      leaseToken,
      probe,
      subscriptionVersion: version,
      bodyBytes: 0,
    };
  });
  for (const delivery of deliveries)
    delivery.bodyBytes = events.get(delivery.eventId)?.sealedBody?.length ?? 0;
  return { deliveries, events };
}
