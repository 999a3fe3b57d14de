import { writeSync } from "node:fs";
import { readFailpointPlan } from "../env/env.ts";
import { type PlannedFailure, parseFailpointPlan } from "./parse-plan.ts";

declare global {
  /** The bundler replaces this by `false`, or by `true` in the bundles that crash tests run. */
  var CAREWIRE_FAILPOINTS: boolean | undefined;
}

interface Failpoints {
  plan: ReadonlyMap<string, PlannedFailure>;
  hits: Map<string, number>;
}

let failpoints: Failpoints | null = null;

function pass(name: string): void {
  failpoints ??= { plan: parseFailpointPlan(readFailpointPlan()), hits: new Map() };
  const planned = failpoints.plan.get(name);
  if (planned === undefined) return;
  const hits = (failpoints.hits.get(name) ?? 0) + 1;
  failpoints.hits.set(name, hits);
  if (hits !== planned.hit) return;
  // Synchronously, so that the test can tell this death from any other.
  writeSync(process.stderr.fd, `failpoint ${name}: killed at passage ${hits}\n`);
  process.kill(process.pid, "SIGKILL");
}

/**
 * Marks a place where a crash test may kill the process, by `FAILPOINT=<name>:kill[@<hit>]`. Only in bundles built for
 * those tests: everywhere else the bundler removes the body, and without a bundler it is one comparison.
 */
export function failpoint(name: string): void {
  if (globalThis.CAREWIRE_FAILPOINTS === true) pass(name);
}
