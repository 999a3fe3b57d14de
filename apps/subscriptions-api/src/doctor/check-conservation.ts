import type { DoctorCheck } from "@carewire/contracts";
import type { Sql } from "@carewire/db";

interface Balance {
  deliveries: number;
  delivered: number;
  failed: number;
  cancelled: number;
  pending: number;
  retrying: number;
  held: number;
  /** Open but in no queue, finished but in one, or queued without existing. */
  strayed: number;
}

/** For an installation with too much history to be counted within a request. */
const timeoutMs = 15_000;
const canceled = "57014";

/** Every delivery of every organization by its state, from one statement, so true at one moment (invariant 2). */
async function readBalance(sql: Sql): Promise<Balance | null> {
  return sql.begin(async (tx) => {
    await tx`select set_config('statement_timeout', ${String(timeoutMs)}, true), set_config('enable_seqscan', 'on', true)`;
    const [balance] = await tx<Balance[]>`
      with book as (
        select d.status, d.attempts, q.id is not null or (f.delivery_id is not null and d.status <> 1) queued
        from deliveries d left join delivery_queue q on q.id = d.id left join fifo_queue f on f.delivery_id = d.id)
      select count(*)::float8 deliveries,
        count(*) filter (where status = 2)::float8 delivered, count(*) filter (where status = 3)::float8 failed,
        count(*) filter (where status = 4)::float8 cancelled, count(*) filter (where status = 1)::float8 held,
        count(*) filter (where status = 0 and attempts = 0)::float8 pending,
        count(*) filter (where status = 0 and attempts > 0)::float8 retrying,
        (count(*) filter (where (status = 0) <> queued)
          + (select count(*) from delivery_queue q where not exists (select from deliveries d where d.id = q.id))
          + (select count(*) from fifo_queue f where not exists (select from deliveries d where d.id = f.delivery_id))
        )::float8 strayed
      from book`;
    return balance ?? null;
  }) as Promise<Balance | null>;
}

/** deliveries = delivered + failed + cancelled + pending + retrying + held, and every open one is queued. */
export async function checkConservation(sql: Sql): Promise<DoctorCheck> {
  const name = "conservation of deliveries";
  try {
    const balance = await readBalance(sql);
    if (balance === null) return { name, status: "skipped", detail: "the database returned nothing" };
    const { deliveries, strayed, ...states } = balance;
    const unaccounted = deliveries - Object.values(states).reduce((sum, count) => sum + count, 0);
    const parts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
    const detail = `${unaccounted + strayed} of ${deliveries} unaccounted: ${parts.join(", ")}`;
    return { name, status: unaccounted === 0 && strayed === 0 ? "ok" : "failed", detail };
  } catch (error) {
    if ((error as { code?: string }).code !== canceled) throw error;
    return { name, status: "skipped", detail: `too many deliveries to count within ${timeoutMs / 1_000} s` };
  }
}
