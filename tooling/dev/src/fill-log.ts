import postgres from "postgres";

const rowBytes = 8_000;

/**
 * Has a new server write this much log and keep its segments for reuse (`min_wal_size`), as one that has run for a while
 * does. Otherwise each commit that reaches a new segment waits until the file has grown, and with it for whatever else the
 * file system has to write down.
 */
export async function fillLog(url: string, bytes: number): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    // Neither compressed nor moved out of its row, so that all of it goes into the log.
    await sql`create table log_filler (n int, filler text)`;
    await sql`alter table log_filler alter filler set storage plain`;
    await sql`insert into log_filler select n, repeat('x', ${rowBytes}::int)
      from generate_series(1, ${Math.ceil(bytes / rowBytes)}::int) n`;
    await sql`drop table log_filler`;
    await sql`checkpoint`;
  } finally {
    await sql.end();
  }
}
