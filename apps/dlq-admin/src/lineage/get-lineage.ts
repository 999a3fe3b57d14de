import { dlqContract } from "@carewire/contracts";
import { readLineage } from "@carewire/db";
import { parseLineageId, presentLineage, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import { grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";

const operatorsSight = { accountId: null, internalEvents: true, deadLetters: true };

/** `GET /admin/lineage/:id`, also as `GET /v1/lineage/:id`: with `platform:admin` across all organizations. */
export function createLineageRoutes({ sql }: DlqDeps) {
  async function answer({ params, res }: { params: { id: string }; res: Response }) {
    const granted = grantAccess(callerOf(res), undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const { access } = granted;
    const asked = parseLineageId(params.id);
    const rows =
      asked && (await runWithin(sql, access, (tx) => readLineage(tx, asked, access.organizationId)));
    const chain = rows && presentLineage(rows, operatorsSight);
    if (chain !== null) return { status: 200, body: chain } as const;
    return problemResult(res, "not_found", {
      detail:
        "There is nothing with this id; ask for an inr_, evt_, dlv_, att_ or dlq_ id, or an event's uuid.",
    });
  }

  const server = initServer();
  return {
    get: server.route(dlqContract.lineage.get, answer),
    getAsTenants: server.route(dlqContract.lineage.getAsTenants, answer),
  };
}
