import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { buildOnce } from "./build-once.ts";
import { appFolder, type BundledApp, bundleFolder, webApps } from "./bundles.ts";

const run = promisify(execFile);
// A few seconds, where the machine has nothing else to do.
const timeoutMs = 240_000;

/** Builds the pages of the apps that have some, beside their bundles. */
export default async function buildPages(): Promise<void> {
  await buildOnce("pages", () => Promise.all(webApps.map(build)));
}

function build(app: BundledApp): Promise<unknown> {
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
