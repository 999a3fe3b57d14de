import type { IdempotencyClaim, IdempotencyStore } from "../store.ts";
import { type StoreTimes, storeTimesMs } from "../store-times.ts";
import { type PgClient, type PostgresJsClient, statementRunner } from "./postgres-client.ts";
import { checkedTable, defaultTable } from "./table-sql.ts";

/** How a {@link createPostgresStore} remembers. */
export interface PostgresStoreOptions extends StoreTimes {
  /** The table that `idempotencyTableSql` made; default `carewire_webhooks`. */
  table?: string;
}

/** One statement per call, by the database's clock. */
const statementsFor = (table: string) => ({
  // What is being claimed by another at this very moment is not visible to the second part yet: busy.
  claim: `
    with claimed as (
      insert into ${table} as kept (id, holder, expires_at)
      values ($1, $2, clock_timestamp() + $3::float8 * interval '1 ms')
      on conflict (id) do update set holder = excluded.holder, expires_at = excluded.expires_at
        where kept.expires_at <= clock_timestamp()
      returning id)
    select case
      when exists (select from claimed) then 'claimed'
      when exists (select from ${table} where id = $1 and holder is null and expires_at > clock_timestamp()) then 'done'
      else 'busy' end as claim`,
  // Every commit sweeps up to two rows that are over, so that the table stays as large as what it must know.
  commit: `
    with swept as (
      delete from ${table} where id in (
        select id from ${table} where expires_at < clock_timestamp() and id <> $1
        order by expires_at limit 2 for update skip locked))
    insert into ${table} (id, holder, expires_at)
    values ($1, null, clock_timestamp() + $2::float8 * interval '1 ms')
    on conflict (id) do update set holder = null, expires_at = excluded.expires_at`,
  release: `delete from ${table} where id = $1 and holder = $2`,
});

/**
 * Remembers in PostgreSQL, for any number of processes, in a table made with `idempotencyTableSql`. Takes a client of
 * `postgres` or of `pg` as it is. Also works through a pooler in transaction mode.
 *
 * Give it the transaction your effect is made in (`createPostgresStore(tx)`) and call its `commit` there: then the effect
 * and "it was processed" are one commit, and the effect happens exactly once. Throws when `table` is no name.
 */
export function createPostgresStore(
  client: PostgresJsClient | PgClient,
  options: PostgresStoreOptions = {},
): IdempotencyStore {
  const statements = statementsFor(checkedTable(options.table ?? defaultTable));
  const { leaseMs, ttlMs } = storeTimesMs(options);
  const run = statementRunner(client);
  const holder = crypto.randomUUID();
  return {
    async claim(id) {
      const row = await run(statements.claim, id, holder, String(leaseMs));
      return (row as { claim: IdempotencyClaim }).claim;
    },
    commit: async (id) => void (await run(statements.commit, id, String(ttlMs))),
    release: async (id) => void (await run(statements.release, id, holder)),
  };
}
