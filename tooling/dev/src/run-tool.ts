import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "./paths.ts";

export interface CommandResult {
  code: number;
  /** stdout and stderr; empty when they went to the terminal. */
  output: string;
}

export interface CommandOptions {
  env: NodeJS.ProcessEnv;
  /** Ends the program. */
  signal?: AbortSignal;
  /** `show` passes output on as it comes, `keep` returns it. */
  output: "show" | "keep";
}

/** Runs a program of the workspace (biome, turbo, knip …) from the clone's top folder; resolves when it ends. */
export function runTool(
  name: string,
  args: string[],
  { env, output, signal }: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, "node_modules", ".bin", name), args, {
      cwd: root,
      signal,
      env: { ...env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
      stdio: output === "show" ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let kept = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        kept += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output: kept }));
  });
}
