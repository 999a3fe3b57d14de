import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type ChildProgram, startProgram } from "@carewire/testkit";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));

/** What a command that ended said, and how it ended. */
export interface CliRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** A local stack's `.carewire/demo.json`, as `npm start` leaves it. */
export interface DemoFile {
  api_key: string;
  admin_api_key: string;
  urls: Record<string, string>;
  secrets: Record<string, string>;
  pids: Record<string, number>;
}

/** The CLI as it is published, run as a program of its own in the folder of a local stack. */
export interface CliProgram {
  folder: string;
  file: string;
  env: Record<string, string>;
  run(args: readonly string[], env?: Record<string, string>): Promise<CliRun>;
  /** One that goes on until it is told to stop. */
  start(args: readonly string[]): Promise<ChildProgram>;
  writeDemo(demo: DemoFile): void;
  remove(): void;
}

const commandMsMax = 150_000;

/** Builds the CLI and makes a folder to run it in. */
export async function buildCli(): Promise<CliProgram> {
  const folder = mkdtempSync(join(tmpdir(), "carewire-cli-"));
  const built = join(folder, "program");
  const build = `${repository}packages/cli/src/build/build.ts`;
  await promisify(execFile)(process.execPath, [build, built], { timeout: 60_000 });
  const builtCli = join(built, "carewire.mjs");
  // Nothing of whoever runs the tests: no keys, no profiles, no colours.
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    TERM: "xterm-256color",
    CAREWIRE_CONFIG_DIR: join(folder, "config"),
  };
  return {
    folder,
    file: builtCli,
    env,
    async run(args, more = {}) {
      const options = {
        cwd: folder,
        env: { ...env, ...more },
        timeout: commandMsMax,
        maxBuffer: 16 * 1024 * 1024,
      };
      try {
        const { stdout, stderr } = await promisify(execFile)(process.execPath, [builtCli, ...args], options);
        return { code: 0, stdout, stderr };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, stdout, stderr };
      }
    },
    start: (args) => startProgram(process.execPath, [builtCli, ...args], { cwd: folder, env }),
    writeDemo(demo) {
      mkdirSync(join(folder, ".carewire"), { recursive: true });
      writeFileSync(join(folder, ".carewire", "demo.json"), JSON.stringify(demo), { mode: 0o600 });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
