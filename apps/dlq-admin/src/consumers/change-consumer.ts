import { cancelOrphans, pauseConsumer, removeConsumer, resumeConsumer } from "@carewire/bus";
import { dlqContract } from "@carewire/contracts";
import { appendAudit } from "@carewire/db";
import { problemResult } from "@carewire/service-kit";

import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import type postgres from "postgres";
import { grantAccess, refuseAccess } from "../access/access.ts";
import { type Caller, callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { noConsumer, presentConsumer, readConsumers } from "./consumer-row.ts";

interface Change {
  /** `consumer.paused` */
  action: string;
  /** False when there is no such consumer. */
  change(tx: postgres.TransactionSql, name: string): Promise<boolean>;
}

/** Changes a consumer and says so on the chain of the operators' own organization. */
function changeConsumer(
  { sql, clock }: DlqDeps,
  caller: Caller,
  name: string,
  reason: string,
  { action, change }: Change,
): Promise<boolean> {
  const { organizationId } = caller;
  return sql.begin(async (tx) => {
    if (!(await change(tx, name))) return false;
    const entry = { organizationId, actor: caller.actor, action, target: name, detail: { reason } };
    await appendAudit(tx, { ...entry, now: new Date(clock.now()) });
    return true;
  });
}

interface ChangeRequest {
  params: { name: string };
  body: { reason: string };
  res: Response;
}

function createChange(deps: DlqDeps, change: Change) {
  return async ({ params, body, res }: ChangeRequest) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    if (granted.access.organizationId !== null) {
      return problemResult(res, "insufficient_scope", {
        detail: "Consumers are the platform's: this needs the scope platform:admin too.",
      });
    }
    if (!(await changeConsumer(deps, caller, params.name, body.reason, change))) return noConsumer(res);
    deps.waker.notifyConsumers();
    // What could not be cancelled now is found by the watch.
    await cancelOrphans(deps.sql);
    const [row] = await readConsumers(deps.sql, granted.access, params.name);
    return row === undefined ? noConsumer(res) : ({ status: 200, body: presentConsumer(row) } as const);
  };
}

/** `POST /admin/consumers/:name/pause`, `…/resume`, `DELETE /admin/consumers/:name` */
export function createChangeConsumer(deps: DlqDeps) {
  const { pause, resume, remove } = dlqContract.consumers;
  const server = initServer();
  return {
    pause: server.route(pause, createChange(deps, { action: "consumer.paused", change: pauseConsumer })),
    resume: server.route(resume, createChange(deps, { action: "consumer.resumed", change: resumeConsumer })),
    remove: server.route(remove, createChange(deps, { action: "consumer.removed", change: removeConsumer })),
  };
}
