import type { Sql } from "postgres";
import { createKeyWrapper, type KeyWrapperOptions, type WrappedKey } from "../key-wrapper.ts";
import { VaultError } from "../vault-error.ts";

const batchMax = 200;
const noId = "00000000-0000-0000-0000-000000000000";

/** How a walk over many rows ended; `unreadable` rows were left as they are. */
export interface RekeyCount {
  changed: number;
  unreadable: number;
}

interface Row extends WrappedKey {
  organization_id: string;
  version: number;
}

/**
 * Wraps every data key with the newest key encryption key, in batches that commit on their own, so that it can be
 * stopped and run again at any time. When nothing was unreadable, older key encryption keys are not needed any more
 * once every process has the newest one in front.
 */
export async function rewrapDataKeys(sql: Sql, options: KeyWrapperOptions): Promise<RekeyCount> {
  const wrapper = createKeyWrapper(options);
  const count = { changed: 0, unreadable: 0 };
  let after = { organization_id: noId, version: 0 };

  async function rewrap(row: Row): Promise<void> {
    const identity = { organizationId: row.organization_id, version: row.version };
    const bytes = wrapper.unwrap(identity, row);
    const next = wrapper.wrap(identity, bytes);
    bytes.fill(0);
    // Only if it is still what was read: another process may be doing the same.
    const { count: updated } = await sql`
      update data_keys set key_encryption_key_id = ${next.key_encryption_key_id}, wrapped_key = ${next.wrapped_key}
      where organization_id = ${row.organization_id} and version = ${row.version} and wrapped_key = ${row.wrapped_key}`;
    count.changed += updated;
  }

  for (;;) {
    const rows = await sql<Row[]>`
      select organization_id, version, key_encryption_key_id, wrapped_key from data_keys
      where key_encryption_key_id <> ${wrapper.wrappingId}
        and (organization_id, version) > (${after.organization_id}, ${after.version}::smallint)
      order by organization_id, version limit ${batchMax}`;
    for (const row of rows) {
      await rewrap(row).catch((error: unknown) => {
        if (!(error instanceof VaultError)) throw error;
        count.unreadable += 1;
      });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchMax) return count;
    after = last;
  }
}
