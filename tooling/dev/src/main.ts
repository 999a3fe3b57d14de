import { parseArgs } from "node:util";
import { check } from "./check.ts";
import { readDevEnv } from "./env.ts";
import { explainSystemError, LaunchFailure } from "./launch-failure.ts";
import { runBench } from "./run-bench.ts";
import { runTests } from "./run-tests.ts";
import { start } from "./start.ts";
import { stop } from "./stop.ts";

const usage = `Usage: npm start [-- --detach | -- --stop]
       npm test
       npm run check
       npm run bench [-- <arguments of the benchmark>]`;

async function run(task: string | undefined, args: string[]): Promise<number> {
  const env = readDevEnv();
  switch (task) {
    case "start": {
      const flags = readStartFlags(args);
      return flags.stop ? stop() : start(env, { detach: flags.detach });
    }
    case "test":
      return runTests(env);
    case "check":
      return check();
    case "bench":
      return runBench(env, args);
    default:
      throw new LaunchFailure(usage);
  }
}

function readStartFlags(args: string[]): { detach: boolean; stop: boolean } {
  try {
    const options = {
      detach: { type: "boolean", default: false },
      stop: { type: "boolean", default: false },
    } as const;
    const { detach, stop } = parseArgs({ args, options }).values;
    return { detach, stop };
  } catch {
    throw new LaunchFailure(usage);
  }
}

try {
  const [task, ...args] = process.argv.slice(2);
  process.exit(await run(task, args));
} catch (error) {
  const sentence = error instanceof LaunchFailure ? error.message : explainSystemError(error);
  if (sentence === null) throw error;
  console.error(`\n${sentence}`);
  process.exit(1);
}
