import type { Queryable } from "../connect.ts";

/** A subscription whose deliveries are moved; for a cancelled one what is known of it. */
export interface DrainedEndpoint {
  id: string;
  organizationId: string;
  shard: number;
}

/** What dispatchers do with what still waits: let it go, or end it. */
export type DrainKind = "release" | "cancel";

/** Rows of each kind that one request moves by itself at most, unless told otherwise; the rest is left to dispatchers. */
export const firstStepMax = 2_000;

/**
 * Leaves the rest to dispatchers, from the delivery after `position` on; what they were doing with it until now ends.
 * Also when nothing is left: a router that saw the subscription as it was may commit what it held a moment later.
 */
export async function beginDrain(
  tx: Queryable,
  { id, organizationId, shard }: DrainedEndpoint,
  { kind, position }: { kind: DrainKind; position: string },
): Promise<void> {
  await tx`
    insert into endpoint_drains as d (subscription_id, organization_id, shard, kind, position)
    values (${id}, ${organizationId}, ${shard}, ${kind}, ${position})
    on conflict (subscription_id) do update set kind = excluded.kind, position = excluded.position, last_pass = false,
      barrier = null, started_at = excluded.started_at, next_step_at = excluded.next_step_at`;
}
