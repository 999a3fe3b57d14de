import type { Sql } from "@carewire/db";

// Any number will do, as long as every dispatcher uses the same one.
const retentionLock = 720_211_066;

/**
 * Runs `work` on a connection of its own under a lock of the database, or not at all while another process does.
 * Should this process vanish, its connection and with it the lock are gone.
 */
export async function onlyOne(sql: Sql, work: (connection: Sql) => Promise<void>): Promise<void> {
  const connection = await sql.reserve();
  try {
    const [row] = await connection<
      { locked: boolean }[]
    >`select pg_try_advisory_lock(${retentionLock}) locked`;
    if (!row?.locked) return;
    try {
      await work(connection);
    } finally {
      await connection`select pg_advisory_unlock(${retentionLock})`;
    }
  } finally {
    connection.release();
  }
}
