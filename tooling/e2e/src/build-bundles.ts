import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { appFolder, type BundledApp, bundledApps, bundleFolder, bundler, webApps } from "./bundles.ts";

const run = promisify(execFile);
// A few seconds, where the machine has nothing else to do.
const timeoutMs = 240_000;

/** Bundles every app with its failpoints alive, once per run, and the pages of those that have some. */
export default async function buildBundles(): Promise<void> {
  await Promise.all([...bundledApps.map(bundle), ...webApps.map(buildPages)]);
}

function bundle(app: BundledApp): Promise<unknown> {
  return run(process.execPath, [bundler, bundleFolder(app)], {
    cwd: appFolder(app),
    env: { ...process.env, CAREWIRE_FAILPOINTS_BUILD: "1" },
    timeout: timeoutMs,
  });
}

function buildPages(app: BundledApp): Promise<unknown> {
  const args = [
    "build",
    "web",
    "--outDir",
    `${bundleFolder(app)}/web`,
    "--emptyOutDir",
    "--logLevel",
    "warn",
  ];
  // The test runner's own NODE_ENV would make it a development build.
  const env = { ...process.env, NODE_ENV: "production" };
  return run("node_modules/.bin/vite", args, { cwd: appFolder(app), env, timeout: timeoutMs });
}
