import type { Sql } from "./connect.ts";

/**
 * Refuses a database on which "committed" does not mean "on disk": an acknowledged event could be lost with the
 * machine. Call it once at start. Throws with what to change.
 */
export async function assertDurable(sql: Sql): Promise<void> {
  const [row] = await sql<{ synchronous_commit: string }[]>`
    select current_setting('synchronous_commit') synchronous_commit`;
  if (row?.synchronous_commit !== "off") return;
  throw new Error(
    "this database runs with synchronous_commit = off, so acknowledged events could be lost; " +
      "run: alter system set synchronous_commit = on; select pg_reload_conf();",
  );
}
