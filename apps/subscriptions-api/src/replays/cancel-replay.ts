import { apiContract } from "@carewire/contracts";
import { appendAudit, withTenant } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";
import type { ReplayDeps } from "./make-replay.ts";
import { noReplay } from "./no-replay.ts";
import { presentReplay, type ReplayRow, readReplay, visibleReplays } from "./replay-row.ts";

/** Stops the job between two of its steps. One that is finished stays as it is. */
function cancelReplay(
  { sql, clock }: ReplayDeps,
  principal: Principal,
  given: string,
): Promise<ReplayRow | null> {
  const id = parsePublicId("rpl", given);
  if (id === null) return Promise.resolve(null);
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx) => {
    const now = new Date(clock.now());
    const [cancelled] = await tx`
      update replay_jobs j set status = 'cancelled', error = null, updated_at = ${now}, finished_at = ${now}
      where j.id = ${id} and ${visibleReplays(tx, principal)} and j.status = 'running' returning 1`;
    const row = await readReplay(tx, principal, id);
    if (cancelled !== undefined && row !== null) {
      await appendAudit(tx, {
        organizationId,
        actor: actorOf(principal),
        action: "replay.cancelled",
        target: given,
        detail: { replayed: row.replayed, total: row.total },
        now,
      });
    }
    return row;
  });
}

/** `POST /v1/replays/:id/cancel` */
export function createCancelReplay(deps: ReplayDeps) {
  return initServer().route(apiContract.replays.cancel, async ({ params, res }) => {
    const row = await cancelReplay(deps, principalOf(res), params.id);
    return row === null ? noReplay(res) : { status: 200, body: presentReplay(row, deps.clock.now()) };
  });
}
