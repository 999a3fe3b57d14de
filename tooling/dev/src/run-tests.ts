import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { buildApps } from "./build-apps.ts";
import { findChromium, noChromium } from "./chromium-binary.ts";
import type { DevEnv } from "./env.ts";
import { Interrupted, watchForInterrupt } from "./interrupt.ts";
import { root, stateFolder } from "./paths.ts";
import { throwAwaySettings } from "./postgres.ts";
import { step } from "./progress.ts";
import { runTool } from "./run-tool.ts";
import { addCounts, readTestCount } from "./test-results.ts";
import { withThrowAwayDatabases } from "./throw-away-databases.ts";
import { packagesWithScript } from "./workspace-packages.ts";

// In each package; turbo keeps it with the cached result, so that a package that did not run again still counts.
const reportFile = join(".vitest", "results.json");

/** `npm test`: every package's tests against databases of their own. The last line is the sum. */
export async function runTests(env: DevEnv): Promise<number> {
  const interrupt = watchForInterrupt(env.launcherPids);
  const packages = packagesWithScript(root, "test");
  for (const folder of packages) rmSync(join(root, folder, reportFile), { force: true });
  try {
    const code = await withThrowAwayDatabases(
      { env, interrupt, settings: throwAwaySettings },
      async (databases) => {
        await step("Building the apps", () => buildApps({ env: env.inherited, signal: interrupt.signal }));
        const browser = await chooseBrowser(env, interrupt.signal);
        return runAllPackages({ ...env.inherited, ...databases, ...browser }, interrupt.signal);
      },
    );
    const { passed, failed } = addCounts(
      packages.map((folder) => readTestCount(join(root, folder, reportFile))),
    );
    console.log(`\nTests: ${passed} passed, ${failed} failed`);
    return code === 0 && failed === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  }
}

async function chooseBrowser(env: DevEnv, signal: AbortSignal): Promise<Record<string, string>> {
  const { PATH: path = "", CAREWIRE_CHROMIUM_BIN: given } = env.inherited;
  const chromium = await step("Looking for Chromium", () =>
    findChromium({ folder: stateFolder("chromium"), given, path, signal }),
  );
  if (chromium === null) console.log(noChromium);
  return chromium === null ? {} : { CAREWIRE_CHROMIUM_BIN: chromium };
}

async function runAllPackages(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const cores = availableParallelism();
  // As many packages as cores, each with few workers: tests have deadlines, and must not starve one another.
  const turboArgs = ["run", "test", "--continue", `--concurrency=${Math.max(2, cores)}`];
  const reportArgs = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  // Two minutes: a busy machine makes a test slow, not wrong, and one that hangs still ends.
  const vitestArgs = ["--passWithNoTests", "--testTimeout=120000", "--hookTimeout=120000", ...reportArgs];
  const { code } = await runTool("turbo", [...turboArgs, "--output-logs=new-only", "--", ...vitestArgs], {
    output: "show",
    signal,
    env: { ...env, VITEST_MAX_WORKERS: String(Math.max(1, Math.floor(cores / 2))) },
  });
  return code;
}
