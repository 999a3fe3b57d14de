import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "@carewire/testkit";
import postgres from "postgres";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ensureDatabase } from "./database.ts";
import { startPostgres, throwAwaySettings } from "./postgres.ts";
import { type PostgresHome, preparePostgresHome } from "./postgres-home.ts";
import { identify } from "./process-identity.ts";
import { createProcessRegistry } from "./process-registry.ts";

let folder: string;
let home: PostgresHome;
const launchers: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "carewire-dev-"));
  chmodSync(folder, 0o711);
  home = await preparePostgresHome(folder, "postgres");
});
afterAll(async () => {
  for (const launcher of launchers) await createProcessRegistry(launcher).stopAll({ timeoutMs: 5_000 });
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the server as a launcher would that knows nothing of earlier ones but the data directory. */
async function startAsNewLauncher(): Promise<{ url: string; pid: number }> {
  const launcher = mkdtempSync(join(folder, "launcher-"));
  launchers.push(launcher);
  const registry = createProcessRegistry(launcher);
  const settings = { ...throwAwaySettings, shared_buffers: "16MB", max_connections: "20" };
  const logFile = join(launcher, "postgres.log");
  const { signal } = new AbortController();
  // Taken from where no other test's servers are put.
  const preferredPort = await findFreePort();
  const password = "test-password";
  const url = await startPostgres({ home, password, preferredPort, settings, logFile, registry, signal });
  return { url, pid: registry.running()[0]!.pid };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end();
  }
}

test("it listens on 127.0.0.1 only, with a password, and keeps UTF-8", async () => {
  const { url } = await startAsNewLauncher();
  expect(await query(url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  expect(await query(url, "show server_encoding")).toEqual([{ server_encoding: "UTF8" }]);
  const wrong = new URL(url);
  wrong.password = "wrong";
  await expect(query(wrong.href, "select 1")).rejects.toThrow(/password/);
});

test("a server that a killed launcher left running is replaced, and its data is there", async () => {
  const first = await startAsNewLauncher();
  await query(await ensureDatabase(first.url, "kept"), "create table kept (n int)");
  const second = await startAsNewLauncher();
  expect(identify(first.pid)).toBeNull();
  expect(await query(await ensureDatabase(second.url, "kept"), "select * from kept")).toEqual([]);
});

test("after kill -9 of the server the next start recovers", async () => {
  const { pid } = await startAsNewLauncher();
  process.kill(pid, "SIGKILL");
  const { url } = await startAsNewLauncher();
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test.runIf(process.platform === "linux")(
  "nor is it held up for good by processes of the killed server that are slow to end",
  async () => {
    const { pid } = await startAsNewLauncher();
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").map(Number);
    process.kill(child!, "SIGSTOP");
    onTestFinished(() => void (identify(child!) && process.kill(child!, "SIGCONT")));
    process.kill(pid, "SIGKILL");
    const next = startAsNewLauncher();
    await expect.poll(() => readFileSync(join(launchers.at(-1)!, "postgres.log"), "utf8")).toMatch(/in use/);
    process.kill(child!, "SIGCONT");
    expect(await query((await next).url, "select 1 as one")).toEqual([{ one: 1 }]);
  },
);

test("a pid file that names an unrelated program neither stops the start nor that program", async () => {
  const { pid } = await startAsNewLauncher();
  const pidFile = join(home.dataDirectory, "postmaster.pid");
  const lines = readFileSync(pidFile, "utf8");
  process.kill(pid, "SIGKILL");
  writeFileSync(pidFile, lines.replace(String(pid), String(process.pid)));
  const { url } = await startAsNewLauncher();
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
});
