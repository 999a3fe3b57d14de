// First, so that nothing is printed before it.
import "./outlive-output.ts";
import { check } from "./check.ts";
import { type DevEnv, readDevEnv } from "./env.ts";
import { explainSystemError, LaunchFailure } from "./launch-failure.ts";
import { newIngress, newProvider } from "./new-ingress/new-ingress.ts";
import { runBench } from "./run-bench.ts";
import { runTests } from "./run-tests.ts";
import { start } from "./start.ts";
import { startDetached, supervise } from "./start-detached.ts";
import { stop } from "./stop.ts";
import { printSummary } from "./summary.ts";

const usage = `Usage: npm start [-- --detach | -- --stop]
       npm test
       npm run check
       npm run bench [-- <arguments of the benchmark>]
       npm run new:ingress -- <family> [<provider>]
       npm run new:provider -- <family> <provider>`;

async function run(task: string | undefined, args: string[]): Promise<number> {
  const env = readDevEnv();
  switch (task) {
    case "start":
      return runStart(env, readStartMode(args));
    case "test":
      return runTests(env);
    case "check":
      return check(env);
    case "bench":
      return runBench(env, args);
    case "new:ingress":
      return newIngress(env, args);
    case "new:provider":
      return newProvider(env, args);
    default:
      throw new LaunchFailure(usage);
  }
}

type StartMode = "foreground" | "detach" | "stop" | "supervise";

function readStartMode(args: string[]): StartMode {
  switch (args.join(" ")) {
    case "":
      return "foreground";
    case "--detach":
      return "detach";
    case "--stop":
      return "stop";
    case "--supervise":
      return "supervise";
    default:
      throw new LaunchFailure(usage);
  }
}

function runStart(env: DevEnv, mode: StartMode): Promise<number> {
  switch (mode) {
    case "foreground":
      return start(env, {
        onReady(state) {
          printSummary(state);
          console.log("Press Ctrl-C to stop.");
        },
      });
    case "detach":
      return startDetached(env);
    case "supervise":
      return supervise(env);
    case "stop":
      return stop();
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
