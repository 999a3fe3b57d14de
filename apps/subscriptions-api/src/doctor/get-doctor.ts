import { apiContract } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { initServer } from "@ts-rest/express";
import { checkAudit } from "./check-audit.ts";
import { checkConservation } from "./check-conservation.ts";
import { checkDatabase, checkPartitions } from "./check-database.ts";
import { checkDispatchers, checkQueues } from "./check-work.ts";

/** `GET /v1/doctor`. `platformSql` sees every organization: the scope is for the platform's operators only. */
export function createGetDoctor({ platformSql: sql, clock }: { platformSql: Sql; clock: Clock }) {
  return initServer().route(apiContract.doctor.get, async () => {
    const checks = [
      ...(await checkDatabase(sql, clock.now)),
      await checkPartitions(sql),
      await checkDispatchers(sql),
      ...(await checkQueues(sql, clock.now())),
      await checkConservation(sql),
      await checkAudit(sql),
    ];
    return { status: 200, body: { ok: checks.every(({ status }) => status !== "failed"), checks } };
  });
}
