import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { findFreePort } from "./free-port.ts";
import { LaunchFailure } from "./launch-failure.ts";
import { ensureCluster } from "./postgres-cluster.ts";
import type { PostgresHome } from "./postgres-home.ts";
import { identify, isSameProcess } from "./process-identity.ts";
import type { ProcessRegistry } from "./process-registry.ts";
import { spawnService } from "./spawn-service.ts";
import { waitUntil } from "./wait-until.ts";

export interface PostgresOptions {
  home: PostgresHome;
  password: string;
  /** Tried first, so that a connection string survives restarts. */
  preferredPort?: number;
  /** Settings for `postgres -c`. */
  settings: Record<string, string>;
  logFile: string;
  registry: ProcessRegistry;
  /** Ends the making of a new data directory. */
  signal: AbortSignal;
}

const startTimeoutMs = 60_000;
/** So long the processes of a server that was killed may take to notice it, and to let go of its memory. */
const leftoverTimeoutMs = 30_000;

/** Settings of the local stack: as durable as production, with room for every app's pool. */
export const durableSettings = {
  max_connections: "200",
  shared_buffers: "256MB",
  max_wal_size: "2GB",
  // Kept for reuse: a new segment is filled with zeros first, and every commit waits for that.
  min_wal_size: "512MB",
  jit: "off",
};

/** Settings for tests: their data is thrown away, so nothing waits for the disk, and as little is kept as will do. */
export const throwAwaySettings = {
  ...durableSettings,
  max_connections: "400",
  max_wal_size: "1GB",
  min_wal_size: "256MB",
  fsync: "off",
  full_page_writes: "off",
  wal_init_zero: "off",
  autovacuum_naptime: "10min",
};

/** Starts the embedded PostgreSQL on 127.0.0.1 and returns the URL of its database `postgres`. */
export async function startPostgres(options: PostgresOptions): Promise<string> {
  const { home, password, settings, logFile, registry } = options;
  await ensureCluster({ home, password, signal: options.signal });
  await stopLeftover(home);
  const port = await findFreePort(options.preferredPort);
  // No Unix socket: its directory would have to be writable for the other uid, and its path is limited to 107 bytes.
  const args = ["-D", home.dataDirectory, "-k", "", "-h", "127.0.0.1", "-p", String(port)];
  for (const [name, value] of Object.entries(settings)) args.push("-c", `${name}=${value}`);
  const url = `postgres://carewire:${password}@127.0.0.1:${port}/postgres`;
  const start = () => {
    const pid = spawnService({
      name: "PostgreSQL",
      command: join(home.binDirectory, "postgres"),
      args,
      cwd: dirname(home.dataDirectory),
      env: { HOME: home.dataDirectory },
      logFile,
      ...home.owner,
    });
    // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait until every client has gone.
    registry.record("postgres", pid, "SIGINT");
    return waitForAnswer(url, pid, logFile);
  };
  const answers = await waitUntil(start, { timeoutMs: leftoverTimeoutMs });
  if (!answers) {
    throw new LaunchFailure(
      `Processes of an earlier PostgreSQL still use ${home.dataDirectory}: end them and run the command again.`,
    );
  }
  return url;
}

/** After kill -9 of the launcher the server still runs; after kill -9 of the server its pid file is left behind. */
async function stopLeftover({ dataDirectory }: PostgresHome): Promise<void> {
  const pidFile = join(dataDirectory, "postmaster.pid");
  const pid = readPid(pidFile);
  if (pid === null) return;
  const identity = identify(pid);
  if (identity !== null && isServerOf(pid, dataDirectory)) {
    process.kill(pid, "SIGINT");
    const stopped = await waitUntil(async () => !isSameProcess(pid, identity), { timeoutMs: 20_000 });
    if (!stopped) process.kill(pid, "SIGKILL");
    return;
  }
  // The number may belong to an unrelated program by now, which would make PostgreSQL refuse to start.
  rmSync(pidFile, { force: true });
}

function readPid(pidFile: string): number | null {
  try {
    return Number.parseInt(readFileSync(pidFile, "utf8"), 10) || null;
  } catch {
    return null;
  }
}

/** As it was started: `-D` and its folder, then `-k`. */
function isServerOf(pid: number, dataDirectory: string): boolean {
  try {
    if (process.platform === "linux")
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(dataDirectory);
    const ps = ["-ww", "-o", "command=", "-p", String(pid)];
    return execFileSync("ps", ps, { encoding: "utf8" }).includes(` -D ${dataDirectory} -k `);
  } catch {
    return false;
  }
}

/** False: the processes of an earlier server, which was killed, still use its memory. */
async function waitForAnswer(url: string, pid: number, logFile: string): Promise<boolean> {
  const answered = await waitUntil(async () => identify(pid) === null || (await answers(url)), {
    timeoutMs: startTimeoutMs,
  });
  if (answered && identify(pid) !== null) return true;
  const log = readFileSync(logFile, "utf8");
  if (/pre-existing shared memory block/.test(log)) return false;
  if (/No space left on device/.test(log)) {
    throw new LaunchFailure("The disk is full: free some space and run the command again.");
  }
  const reason = log.split("\n").findLast((line) => /FATAL|PANIC/.test(line)) ?? "no reason given";
  throw new LaunchFailure(`PostgreSQL did not start (${reason.trim()}): see ${logFile}.`);
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
