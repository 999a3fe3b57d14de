import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { buildOnce } from "./build-once.ts";
import { type AppRole, appFolder, bundledApps, bundleEntry, bundler, bundlesFolder } from "./bundles.ts";

const run = promisify(execFile);
// A few seconds, where the machine has nothing else to do.
const timeoutMs = 240_000;

/** Those that are started dozens of times. */
const startedOften: readonly AppRole[] = [
  "dispatcher",
  "dlq-admin",
  "doctors",
  "ingress-payments",
  "ingress-payments-worker",
  "subscriptions-api",
];

/** Bundles every app with its failpoints alive. */
export default async function buildBundles(): Promise<void> {
  await buildOnce("bundles", async () => {
    await run(process.execPath, [bundler, bundlesFolder, ...bundledApps.map(appFolder)], {
      env: { ...process.env, CAREWIRE_FAILPOINTS_BUILD: "1" },
      timeout: timeoutMs,
    });
    for (const role of startedOften) await keepCompiled(role);
  });
}

/**
 * Node keeps what it compiled of a file when a process ends by itself, and nearly all that the tests start are killed. One
 * that is told nothing about its surroundings loads everything, complains and ends.
 */
async function keepCompiled(role: AppRole): Promise<void> {
  const { NODE_COMPILE_CACHE } = process.env;
  if (NODE_COMPILE_CACHE === undefined) return;
  await run(process.execPath, [bundleEntry(role)], { env: { NODE_COMPILE_CACHE }, timeout: timeoutMs }).catch(
    () => {},
  );
}
