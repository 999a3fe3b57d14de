import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { findChromium, noChromium } from "./chromium-binary.ts";
import type { DevEnv } from "./env.ts";
import { Interrupted, watchForInterrupt } from "./interrupt.ts";
import { root, stateFolder } from "./paths.ts";
import { throwAwaySettings } from "./postgres.ts";
import { step } from "./progress.ts";
import { runTool } from "./run-tool.ts";
import { addResults, readTestResults } from "./test-results.ts";
import { withThrowAwayDatabases } from "./throw-away-databases.ts";
import { packagesWithScript } from "./workspace-packages.ts";

/** Tests of one kind. */
interface TestRun {
  script: string;
  /** As in the packages' vitest.config.ts. Turbo keeps it with the cached result: a package that did not run again still counts. */
  reportFile: string;
  /** Run at the same time; in each one package after the other, by turbo's filters. */
  lanes: readonly (readonly string[])[];
  /** Of each package's test files, so many at the same time. */
  workersMax: number;
  needsBrowser: boolean;
}

// Packages whose tests take long, in lanes that take about the same time: turbo comes to what depends on much last, and
// that would run alone in the end, on one core. All others share a lane.
const long: readonly (readonly string[])[] = [
  ["@carewire/dispatcher"],
  ["@carewire/e2e", "@carewire/bench"],
  ["@carewire/subscriptions-api", "@carewire/bus", "@carewire/service-kit", "@carewire/sdk"],
];

const cores = availableParallelism();

// Tests wait more than half of their time, so more of them than cores keep the machine busy, and few workers each keep
// tests from starving one another. A browser and what it looks at take a core, so what needs one comes last.
const runs: readonly TestRun[] = [
  {
    script: "test",
    reportFile: join(".vitest", "results.json"),
    lanes: [...long, long.flat().map((name) => `!${name}`)],
    workersMax: Math.ceil(cores / 2),
    needsBrowser: false,
  },
  {
    script: "test:browser",
    reportFile: join(".vitest-browser", "results.json"),
    lanes: [["*"]],
    workersMax: cores,
    needsBrowser: true,
  },
];

/** `npm test`: every package's tests against databases of their own. The last line is the sum. */
export async function runTests(env: DevEnv): Promise<number> {
  const interrupt = watchForInterrupt(env.launcherPids);
  const reports = runs.flatMap(({ script, reportFile }) =>
    packagesWithScript(root, script).map((folder) => join(root, folder, reportFile)),
  );
  for (const report of reports) rmSync(report, { force: true });
  try {
    const code = await withThrowAwayDatabases(
      { env, interrupt, settings: throwAwaySettings, inMemory: true },
      async (databases) => {
        // Downloaded while the tests run that need none.
        const browser = chooseBrowser(env, interrupt.signal);
        // Said where it is awaited; until then nobody listens, and the process would end without clearing up.
        browser.catch(() => {});
        const settings = { ...env.inherited, ...databases, NODE_COMPILE_CACHE: emptyCompileCache() };
        let failed = 0;
        for (const run of runs) {
          const runEnv = run.needsBrowser ? { ...settings, ...(await browser) } : settings;
          const lanes = run.lanes.map((lane) => runLane(run, lane, runEnv, interrupt.signal));
          failed = Math.max(failed, ...(await Promise.all(lanes)));
        }
        return failed;
      },
    );
    const { passed, failures } = addResults(reports.map(readTestResults));
    for (const failure of failures) console.log(`\nFailed: ${failure}`);
    console.log(`\nTests: ${passed} passed, ${failures.length} failed`);
    return code === 0 && failures.length === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  }
}

/** What Node compiles of a file is kept there: hundreds of processes load the same ones. What runs before left is not needed. */
function emptyCompileCache(): string {
  const folder = stateFolder("compile-cache");
  rmSync(folder, { recursive: true, force: true });
  return folder;
}

async function chooseBrowser(env: DevEnv, signal: AbortSignal): Promise<Record<string, string>> {
  const { PATH: path = "", CAREWIRE_CHROMIUM_BIN: given } = env.inherited;
  const chromium = await step("Looking for Chromium", () =>
    findChromium({ folder: stateFolder("chromium"), given, path, signal }),
  );
  if (chromium === null) console.log(noChromium);
  return chromium === null ? {} : { CAREWIRE_CHROMIUM_BIN: chromium };
}

async function runLane(
  { script, workersMax }: TestRun,
  packages: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const turboArgs = ["run", script, "--continue", "--concurrency=1", "--output-logs=new-only"];
  for (const filter of packages) turboArgs.push(`--filter=${filter}`);
  const { code } = await runTool("turbo", turboArgs, {
    output: "show",
    signal,
    env: { ...env, VITEST_MAX_WORKERS: String(workersMax) },
  });
  return code;
}
