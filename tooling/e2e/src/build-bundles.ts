import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { buildOnce } from "./build-once.ts";
import { appFolder, bundledApps, bundler, bundlesFolder } from "./bundles.ts";

const run = promisify(execFile);
// A few seconds, where the machine has nothing else to do.
const timeoutMs = 240_000;

/** Bundles every app with its failpoints alive. */
export default async function buildBundles(): Promise<void> {
  await buildOnce("bundles", () =>
    run(process.execPath, [bundler, bundlesFolder, ...bundledApps.map(appFolder)], {
      env: { ...process.env, CAREWIRE_FAILPOINTS_BUILD: "1" },
      timeout: timeoutMs,
    }),
  );
}
