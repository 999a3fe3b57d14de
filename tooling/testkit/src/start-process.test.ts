import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePort } from "./free-port.ts";
import { startProcess } from "./start-process.ts";

let folder = "";
const listening = `
  import { createServer } from "node:http";
  console.log("started as " + process.env.APP_NAME);
  createServer((request, response) => response.end()).listen(Number(process.env.PORT), "127.0.0.1");`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "carewire-process-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, source: string): Promise<string> {
  const entry = join(folder, name);
  await writeFile(entry, source);
  return entry;
}

test("a process is ready when it resolves, gets the given environment, and dies of SIGKILL", async () => {
  const port = await findFreePort();
  const entry = await write("app.mjs", listening);
  const env = { PORT: `${port}`, APP_NAME: "probe" };
  const app = await startProcess({ entry, env, readyUrl: `http://127.0.0.1:${port}/` });
  expect(app.output()).toContain("started as probe");
  app.kill("SIGKILL");
  expect(await app.exited).toEqual({ code: null, signal: "SIGKILL" });
});

test("a process that ends before it is ready is reported at once, with its output", async () => {
  const entry = await write("broken.mjs", 'console.error("PORT is missing"); process.exit(1);');
  const started = startProcess({ entry, readyUrl: "http://127.0.0.1:9/", timeoutMs: 10_000 });
  await expect(started).rejects.toThrow(/did not become ready: it ended instead\nPORT is missing/);
});
