import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { appFolder, bundledApps, bundleFolder, bundler } from "./bundles.ts";

const run = promisify(execFile);

/** Bundles every app with its failpoints alive, once per run. */
export default async function buildBundles(): Promise<void> {
  await Promise.all(
    bundledApps.map((app) =>
      run(process.execPath, [bundler, bundleFolder(app)], {
        cwd: appFolder(app),
        env: { ...process.env, CAREWIRE_FAILPOINTS_BUILD: "1" },
        timeout: 60_000,
      }),
    ),
  );
}
