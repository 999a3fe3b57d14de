import { createPublisher, type DataKey, type Vault } from "@carewire/bus";
import { type Queryable, type Sql, withTenant } from "@carewire/db";
import {
  type AttemptRecord,
  attemptRecord,
  type Decision,
  decide,
  decideProbe,
  exhaustedEvent,
  loadSubscriptions,
  lockLeased,
  openHeaders,
  outcomeClass,
  recordAttempts,
  type SendOutcome,
  type SubscriptionRow,
} from "@carewire/delivery";
import { type Clock, newId } from "@carewire/envelope";
import type { StreamLease } from "./lease.ts";
import type { StreamSettings } from "./stream-settings.ts";

export interface SettleDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  settings: StreamSettings;
}

/** What came of a delivery that a stream's reader had. */
export interface StreamOutcome {
  lease: StreamLease;
  outcome: SendOutcome;
  durationMs: number;
}

export interface SettledOutcome {
  deliveryId: string;
  inForce: boolean;
  /** The attempt's outcome is written down, now or since an earlier report. */
  recorded: boolean;
  decision: Exclude<Decision, { step: "disable" }>;
}

interface Judged {
  decision: SettledOutcome["decision"];
  record: AttemptRecord;
}

/** A stream has no endpoint that could be switched off: the message ends, and no more. */
function judge(
  { settings, random }: SettleDeps,
  row: SubscriptionRow,
  { lease, outcome }: StreamOutcome,
  nowMs: number,
): Judged["decision"] {
  const policy = {
    retryPolicy: row.retry_policy,
    retriesMax: row.max_retries,
    successCodes: row.success_codes,
    scheduleMs: settings.scheduleMs,
  };
  if (lease.probe) return decideProbe(outcome, policy);
  const decision = decide(outcome, lease, policy, nowMs, random());
  return decision.step === "disable" ? { step: "failed", reason: decision.reason } : decision;
}

function toRecord(deps: SettleDeps, row: SubscriptionRow, dataKey: DataKey, given: StreamOutcome): Judged {
  const { lease, outcome, durationMs } = given;
  const nowMs = deps.clock.now();
  const decision = judge(deps, row, given, nowMs);
  const { deliveryId: id, eventId, token: leaseToken, attempt, retries, probe } = lease;
  const delivery = { id, eventId, leaseToken, attempt, retries, probe, organizationId: row.organization_id };
  const record = attemptRecord({
    attemptId: newId(nowMs),
    delivery,
    target: { headers: openHeaders(row, dataKey), dataKey },
    outcome,
    outcomeClass: outcomeClass(outcome),
    decision,
    startedAtMs: lease.startedAtMs,
    durationMs,
    requestHeaders: lease.requestHeaders,
    note: "received over a stream",
  });
  const ended = { ...lease, delivery, target: { id: row.id, accountId: row.account_id } };
  const announces = exhaustedEvent(ended, decision, { sourceService: "api", nowMs });
  return { decision, record: announces ? { ...record, announces } : record };
}

/**
 * Records what came of a stream's deliveries by the rules that hold for endpoints, each only while its lease is in force:
 * one that ran out has its `lost` attempt already, and one that is reported twice was recorded the first time. null: the
 * subscription is gone.
 */
export async function settleOutcomes(
  deps: SettleDeps,
  { organizationId, subscriptionId }: { organizationId: string; subscriptionId: string },
  outcomes: StreamOutcome[],
): Promise<SettledOutcome[] | null> {
  const dataKey = await deps.vault.dataKey(organizationId);
  return withTenant(deps.sql, organizationId, async (tx) => {
    const [row] = await loadSubscriptions(tx, [subscriptionId]);
    if (row === undefined) return null;
    const judged = outcomes.map((outcome) => toRecord(deps, row, dataKey, outcome));
    const records = judged.map(({ record }) => record);
    const leased = await lockLeased(tx, records);
    const inForce = records.filter(({ deliveryId }) => leased.has(deliveryId));
    if (inForce.length > 0) await recordAttempts(tx, inForce);
    const drafts = inForce.flatMap(({ announces }) => (announces ? [announces] : []));
    await createPublisher(deps).publish(tx, drafts);
    const late = records.filter(({ deliveryId }) => !leased.has(deliveryId));
    const earlier = await findRecorded(tx, late);
    return judged.map(({ decision, record: { deliveryId } }) => ({
      deliveryId,
      inForce: leased.has(deliveryId),
      recorded: leased.has(deliveryId) || earlier.has(deliveryId),
      decision,
    }));
  });
}

/** Those of the attempts that have an outcome already; the others' was never known to us. */
async function findRecorded(tx: Queryable, late: AttemptRecord[]): Promise<Set<string>> {
  if (late.length === 0) return new Set();
  const rows = await tx<{ delivery_id: string }[]>`
    select a.delivery_id
    from unnest(${late.map((r) => r.deliveryId)}::uuid[], ${late.map((r) => r.attempt)}::int[]) o(id, n)
    join attempts a on a.delivery_id = o.id and a.n = o.n where a.outcome <> 'lost'`;
  return new Set(rows.map((row) => row.delivery_id));
}
