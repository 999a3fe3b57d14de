import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "@carewire/testkit";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { requireFreePorts, startApps } from "./app-processes.ts";
import type { AppRole } from "./apps.ts";
import { identify } from "./process-identity.ts";
import { createProcessRegistry } from "./process-registry.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "carewire-apps-"));
});
afterEach(async () => {
  await createProcessRegistry(folder).stopAll({ timeoutMs: 5_000 });
  rmSync(folder, { recursive: true, force: true });
});

const readyApp = `import { createServer } from "node:http";
createServer((request, response) => response.end("ready")).listen(Number(process.env.PORT), "127.0.0.1");`;

async function describeApp(name: string, source: string): Promise<AppRole> {
  const bundle = join(folder, `${name}.mjs`);
  writeFileSync(bundle, source);
  const port = await findFreePort();
  return { name, bundle, port, url: `http://127.0.0.1:${port}` };
}

function startAll(roles: AppRole[]): Promise<Record<string, number>> {
  const registry = createProcessRegistry(folder);
  return startApps({ roles, env: {}, root: folder, logFolder: folder, registry });
}

test("apps are started on their ports and recorded once they are ready", async () => {
  const pids = await startAll([await describeApp("one", readyApp), await describeApp("two", readyApp)]);
  const recorded = createProcessRegistry(folder).running();
  expect(recorded.map(({ name, pid }) => [name, pid])).toEqual(Object.entries(pids));
});

test("an app that ends while starting is named, with its last words and where its log is", async () => {
  const broken = await describeApp("broken", 'console.error("PORT: is required"); process.exit(1);');
  await expect(startAll([broken])).rejects.toThrow(
    /^broken stopped while starting \(PORT: is required\): see .*broken\.log\.$/,
  );
});

test("a port that another program has is named, with the app that needs it, and nothing is started", async () => {
  const app = await describeApp("wanting", readyApp);
  const other = createServer();
  onTestFinished(() => void other.close());
  await new Promise<void>((resolve) => other.listen(app.port, "0.0.0.0", resolve));
  await expect(requireFreePorts([app])).rejects.toThrow(
    `Port ${app.port} of 127.0.0.1, which wanting needs, is already in use`,
  );
});

test("stopping leaves no process behind", async () => {
  const pids = await startAll([await describeApp("one", readyApp), await describeApp("two", readyApp)]);
  await createProcessRegistry(folder).stopAll({ timeoutMs: 5_000 });
  expect(Object.values(pids).map(identify)).toEqual([null, null]);
});
