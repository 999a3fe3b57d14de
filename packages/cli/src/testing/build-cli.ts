import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const folder = fileURLToPath(new URL("../../", import.meta.url));

/** The program as it is published, for tests that run it; apart from `dist`. */
export const builtCli = `${folder}.vitest/carewire.mjs`;

/** Builds it, once per run. */
export default async function buildCli(): Promise<void> {
  await promisify(execFile)(process.execPath, [`${folder}src/build/build.ts`, builtCli], { timeout: 60_000 });
}
