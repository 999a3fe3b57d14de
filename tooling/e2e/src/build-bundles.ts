import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { appFolder, type BundledApp, bundledApps, bundleFolder, bundler } from "./bundles.ts";

const run = promisify(execFile);
// A few seconds, where the machine has nothing else to do.
const timeoutMs = 240_000;

/** Bundles every app with its failpoints alive, once per run. */
export default async function buildBundles(): Promise<void> {
  await Promise.all(bundledApps.map(bundle));
}

function bundle(app: BundledApp): Promise<unknown> {
  return run(process.execPath, [bundler, bundleFolder(app)], {
    cwd: appFolder(app),
    env: { ...process.env, CAREWIRE_FAILPOINTS_BUILD: "1" },
    timeout: timeoutMs,
  });
}
