import { type ConsumerLogger, type Publisher, toDrafts, type Vault, type Waker } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { tellExpired } from "../compliance/establishment-state.ts";
import { takeLapsed } from "../compliance/establishment-store.ts";
import { sourceService } from "../source-service.ts";

export interface ExpireDeps {
  sql: Sql;
  vault: Vault;
  publisher: Publisher;
  waker: Pick<Waker, "wake">;
  clock: Clock;
  logger: ConsumerLogger;
  /** Establishments in one transaction at most; default 200. */
  batchMax?: number;
  /** Called at `expiry.before_commit` and `expiry.after_commit`; tests crash there. */
  failpoint?: (name: string) => void;
}

const organizationsMax = 1_000;

/**
 * Tells `compliance.establishment_expired` for every establishment that lapsed, each once: the row and the event change
 * in one transaction, under a lock that one process at a time holds. Resolves to how many it told. What is lost with a
 * process is simply due again; an organization whose turn fails does not hold up the others. When `signal` aborts it ends
 * after the batch at hand.
 */
export async function expireEstablishments(deps: ExpireDeps, signal?: AbortSignal): Promise<number> {
  const { sql, clock, logger } = deps;
  const due = await sql<{ organizationId: string }[]>`
    select distinct organization_id "organizationId" from customer_region_establishments
    where established and expires_at <= ${new Date(clock.now())} limit ${organizationsMax}`;
  let told = 0;
  for (const { organizationId } of due) {
    if (signal?.aborted) break;
    try {
      told += await expireOf(deps, organizationId, signal);
    } catch (err) {
      logger.error({ organization_id: organizationId, err }, "lapsed establishments could not be told");
    }
  }
  return told;
}

async function expireOf(deps: ExpireDeps, organizationId: string, signal?: AbortSignal): Promise<number> {
  const { batchMax = 200 } = deps;
  let told = 0;
  for (;;) {
    const batch = await expireBatch(deps, organizationId, batchMax);
    told += batch;
    if (batch < batchMax || signal?.aborted) return told;
  }
}

async function expireBatch(deps: ExpireDeps, organizationId: string, limit: number): Promise<number> {
  const { sql, vault, publisher, waker, clock, failpoint = () => {} } = deps;
  // Before the transaction: a key that is not at hand needs a connection of its own.
  await vault.dataKey(organizationId);
  const told = await sql.begin(async (tx) => {
    const [lock] = await tx<{ held: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtextextended('ingress-emr.expire-establishments', 0)) held`;
    if (!lock?.held) return 0;
    const lapsed = await takeLapsed(tx, organizationId, new Date(clock.now()), limit);
    await publisher.publish(tx, toDrafts({ clock, sourceService }, organizationId, lapsed.map(tellExpired)));
    if (lapsed.length > 0) failpoint("expiry.before_commit");
    return lapsed.length;
  });
  if (told > 0) {
    failpoint("expiry.after_commit");
    waker.wake();
  }
  return told;
}
