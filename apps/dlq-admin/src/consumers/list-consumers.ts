import { dlqContract } from "@carewire/contracts";

import { initServer } from "@ts-rest/express";
import { grantAccess, refuseAccess } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { presentConsumer, readConsumers } from "./consumer-row.ts";

/**
 * `GET /admin/consumers`. The consumers are the platform's and shown to everyone, what waits for them only within the
 * caller's access; tenants may not read `consumer_topics`, so this statement names the organization itself.
 */
export function createListConsumers({ sql }: DlqDeps) {
  return initServer().route(dlqContract.consumers.list, async ({ res }) => {
    const granted = grantAccess(callerOf(res), undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const rows = await readConsumers(sql, granted.access, null);
    return { status: 200, body: { data: rows.map(presentConsumer) } };
  });
}
