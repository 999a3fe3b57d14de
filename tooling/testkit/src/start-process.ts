import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChildProgram, startProgram } from "./child-program.ts";
import { readParentEnv } from "./env.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

// Tests start the same programs again and again.
const compileCache = join(tmpdir(), "carewire-compile-cache");

/**
 * `entry` is a JavaScript file (a bundled app), `env` is added to the environment of the tests, `readyUrl`
 * must answer 2xx within `timeoutMs` (default 60 s).
 */
export type ProcessOptions = {
  entry: string;
  env?: Record<string, string>;
  readyUrl: string;
  timeoutMs?: number;
};

/**
 * Starts a bundled app as a process of its own, for tests that kill it. Resolves once it is ready.
 * Throws with the app's output when it does not become ready.
 */
export async function startProcess({
  entry,
  env = {},
  readyUrl,
  timeoutMs = 60_000,
}: ProcessOptions): Promise<ChildProgram> {
  const program = await startProgram(process.execPath, [entry], {
    env: { NODE_COMPILE_CACHE: compileCache, ...readParentEnv(), ...env },
  });
  await waitUntilReady(program, entry, () => answersOk(readyUrl), timeoutMs);
  return program;
}

async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  await response.body?.cancel();
  return response.ok;
}
