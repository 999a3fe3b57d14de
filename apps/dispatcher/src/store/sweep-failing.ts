import { operationalEvent, type Publisher, urlOrigin } from "@carewire/bus";
import type { Sql, Transaction } from "@carewire/db";
import { type HealthPolicy, type HealthStep, nextHealthStep } from "../health/next-health-step.ts";
import { disableWithin } from "./disable-endpoint.ts";

/** Endpoints looked at in one sweep at most; the next one goes on. */
const sweptMax = 200;
const hourMs = 3_600_000;

interface Failing {
  organizationId: string;
  accountId: string | null;
  url: string;
  failingSince: Date;
  lastFailureAt: Date;
  consecutiveFailures: number;
  warnings: number;
}

/**
 * Warns owners of endpoints that have only failed for a while, and switches off those that failed too long. Any number
 * of dispatchers may do it at the same time: each endpoint is decided about under the lock of its rows, which another
 * one skips. Returns how many owners were told something.
 */
export async function sweepFailing(
  deps: { sql: Sql; publisher: Publisher },
  policy: HealthPolicy,
  now: Date,
): Promise<number> {
  const [first = 0, second = first] = policy.warnAfterMs.map((ms) => ms / 1_000);
  const due = await deps.sql<{ id: string }[]>`
    select e.subscription_id id from endpoint_state e join subscriptions s on s.id = e.subscription_id
    where e.failing_since <= now() - ${first} * interval '1 second' and s.active
      and e.last_failure_at - e.failing_since >= interval '1 second' * case e.warnings
        when 0 then ${first}::float8 when 1 then ${second}::float8 else ${policy.disableAfterMs / 1_000}::float8 end
    order by e.failing_since limit ${sweptMax}`;
  let told = 0;
  for (const { id } of due) {
    const step = await deps.sql.begin((tx) => stepWithin(tx, deps.publisher, policy, id, now));
    if (step.step !== "none") told++;
  }
  return told;
}

async function stepWithin(
  tx: Transaction,
  publisher: Publisher,
  policy: HealthPolicy,
  id: string,
  now: Date,
): Promise<HealthStep> {
  // First the subscription, as everybody does who changes both.
  const [row] = await tx<Failing[]>`
    with s as materialized (select * from subscriptions where id = ${id} and active for update skip locked)
    select s.organization_id "organizationId", s.account_id "accountId", s.url, e.failing_since "failingSince",
      e.last_failure_at "lastFailureAt", e.consecutive_failures "consecutiveFailures", e.warnings
    from s join endpoint_state e on e.subscription_id = s.id
    where e.failing_since is not null and e.last_failure_at is not null for update of e`;
  if (!row) return { step: "none" };
  const step = nextHealthStep(
    {
      failingSinceMs: row.failingSince.getTime(),
      lastFailureAtMs: row.lastFailureAt.getTime(),
      warnings: row.warnings,
    },
    policy,
  );
  switch (step.step) {
    case "none":
      return step;
    case "warn":
      await warn(tx, publisher, policy, id, row, step.warnings, now);
      return step;
    case "disable": {
      const hours = Math.round(policy.disableAfterMs / hourMs);
      const reason = `every attempt since ${row.failingSince.toISOString()} failed: disabled after ${hours} hours`;
      await disableWithin(tx, publisher, { subscriptionId: id, version: null, reason }, now);
      return step;
    }
  }
}

async function warn(
  tx: Transaction,
  publisher: Publisher,
  policy: HealthPolicy,
  id: string,
  row: Failing,
  warnings: number,
  now: Date,
): Promise<void> {
  await tx`update endpoint_state set warnings = ${warnings}, updated_at = now() where subscription_id = ${id}`;
  const notice = operationalEvent({
    type: "endpoint.failing",
    organizationId: row.organizationId,
    accountId: row.accountId,
    subscriptionId: id,
    payload: {
      url_origin: urlOrigin(row.url),
      failing_since: row.failingSince.toISOString(),
      consecutive_failures: row.consecutiveFailures,
      disable_after_hours: policy.disableAfterMs / hourMs,
    },
    sourceService: "dispatcher",
    nowMs: now.getTime(),
  });
  await publisher.publish(tx, [notice]);
}
