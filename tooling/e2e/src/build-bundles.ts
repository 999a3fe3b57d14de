import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { buildOnce } from "./build-once.ts";
import { appFolder, type BundledApp, bundledApps, bundleFolder, bundler } from "./bundles.ts";

const run = promisify(execFile);
// A few seconds, where the machine has nothing else to do.
const timeoutMs = 240_000;

/** Bundles every app with its failpoints alive. */
export default async function buildBundles(): Promise<void> {
  await buildOnce("bundles", () => Promise.all(bundledApps.map(bundle)));
}

function bundle(app: BundledApp): Promise<unknown> {
  return run(process.execPath, [bundler, bundleFolder(app)], {
    cwd: appFolder(app),
    env: { ...process.env, CAREWIRE_FAILPOINTS_BUILD: "1" },
    timeout: timeoutMs,
  });
}
