import { apiContract } from "@carewire/contracts";
import { withTenant } from "@carewire/db";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { ReplayDeps } from "./make-replay.ts";
import { noReplay } from "./no-replay.ts";
import { findReplay, presentReplay } from "./replay-row.ts";

/** `GET /v1/replays/:id` */
export function createGetReplay({ sql, clock }: ReplayDeps) {
  return initServer().route(apiContract.replays.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const row = await withTenant(sql, principal.organizationId, (tx) => findReplay(tx, principal, params.id));
    return row === null ? noReplay(res) : { status: 200, body: presentReplay(row, clock.now()) };
  });
}
