import { migrate } from "@carewire/db";
import { startPostgres, type ThrowawayServer } from "@carewire/testkit";
import postgres, { type Sql } from "postgres";

/** A PostgreSQL server of its own, migrated, for a test that kills it. */
export interface OwnPostgres {
  /** Its superuser: nothing else is on this server. */
  serviceUrl: string;
  sql: Sql;
  /** Kills the postmaster and every process of the server at once, as the loss of the machine would. */
  crash(): Promise<void>;
  start(): Promise<void>;
  drop(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const server = await startPostgres();
  await migrate(server.url);
  const sql = postgres(server.url, { max: 3, onnotice: () => {} });
  return {
    serviceUrl: server.url,
    sql,
    crash: () => crashAll(server, sql),
    start: server.start,
    async drop() {
      await sql.end({ timeout: 1 });
      await server.remove();
    },
  };
}

async function crashAll(server: ThrowawayServer, sql: Sql): Promise<void> {
  const backends = await sql<{ pid: number }[]>`select pid from pg_stat_activity`;
  // The postmaster first: it would take the death of a child for a reason to recover.
  const crashed = server.crash();
  for (const { pid } of backends) killIfThere(pid);
  await crashed;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
