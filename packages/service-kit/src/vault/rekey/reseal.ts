import type { Sql } from "postgres";
import type { ServiceVault } from "../create-vault.ts";
import { VaultError } from "../vault-error.ts";
import type { RekeyCount } from "./rewrap-data-keys.ts";
import type { SealedColumn } from "./sealed-columns.ts";

const batchMax = 200;

interface Row {
  organization_id: string;
  identity: string[];
  aad: string;
  blob: Buffer;
}

/** Rows of one column that an older data key sealed, in the order of their identity. */
function readBatch(
  sql: Sql,
  { table, column, identity, aad }: SealedColumn,
  after: readonly string[] | null,
) {
  const names = identity.map(({ name }) => `t.${name}`).join(", ");
  const start = identity.map(({ type }, i) => `$${i + 1}::${type}`).join(", ");
  return sql.unsafe<Row[]>(
    `select t.organization_id, array[${identity.map(({ name }) => `t.${name}::text`).join(", ")}] as identity,
       ${aad} as aad, t.${column} as blob
     from ${table} t join lateral (
       select version from data_keys where organization_id = t.organization_id and active_at <= now()
       order by version desc limit 1) k on true
     where t.${column} is not null and get_byte(t.${column}, 1) * 256 + get_byte(t.${column}, 2) < k.version
       ${after === null ? "" : `and (${names}) > (${start})`}
     order by ${names} limit ${batchMax}`,
    after === null ? [] : [...after],
  );
}

/** Replaces one value, unless somebody else did meanwhile. */
async function replace(sql: Sql, { table, column, identity }: SealedColumn, row: Row, next: Buffer) {
  const named = identity.map(({ name, type }, i) => `${name} = $${i + 3}::${type}`).join(" and ");
  const { count } = await sql.unsafe(`update ${table} set ${column} = $1 where ${column} = $2 and ${named}`, [
    next,
    row.blob,
    ...row.identity,
  ]);
  return count;
}

/**
 * Seals a column's values again with their organizations' newest data keys in force, in batches. Readers see either
 * value, both of which open. Can be stopped and run again at any time.
 */
export async function resealColumn(sql: Sql, vault: ServiceVault, column: SealedColumn): Promise<RekeyCount> {
  const count = { changed: 0, unreadable: 0 };

  async function reseal(row: Row): Promise<void> {
    const opened = await vault.open(row.organization_id, row.aad, row.blob);
    const next = await vault.seal(row.organization_id, row.aad, opened);
    opened.fill(0);
    count.changed += await replace(sql, column, row, next);
  }

  for (let after: string[] | null = null; ; ) {
    const rows: Row[] = await readBatch(sql, column, after);
    for (const row of rows) {
      await reseal(row).catch((error: unknown) => {
        if (!(error instanceof VaultError)) throw error;
        count.unreadable += 1;
      });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchMax) return count;
    after = last.identity;
  }
}
