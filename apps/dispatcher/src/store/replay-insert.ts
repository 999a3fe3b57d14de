import type { Queryable, ReplayCandidate } from "@carewire/db";

/** Lane of bulk replays: claimed only when nothing else of their endpoint is due. */
const replayLane = 2;

/** Where the messages go again, and on whose behalf. */
export interface ReplayTarget {
  jobId: string;
  organizationId: string;
  subscriptionId: string;
  shard: number;
}

/** Makes a delivery of its own for each of them, due now. */
export async function insertReplays(
  tx: Queryable,
  { jobId, organizationId, subscriptionId, shard }: ReplayTarget,
  candidates: ReplayCandidate[],
): Promise<void> {
  await tx`
    with made as materialized (select uuidv7() id, event_id, replay_of
      from unnest(${candidates.map((c) => c.eventId)}::uuid[], ${candidates.map((c) => c.replayOf)}::uuid[])
        t(event_id, replay_of)),
    history as (insert into deliveries (id, organization_id, event_id, destination_id, trigger, replay_of, replay_job_id)
      select id, ${organizationId}, event_id, ${subscriptionId}, 1, replay_of, ${jobId} from made)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane)
    select id, ${organizationId}, event_id, ${subscriptionId}, ${shard}, ${replayLane} from made`;
}
