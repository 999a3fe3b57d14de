import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { eventually } from "@carewire/testkit";
import type { CliProgram } from "./cli-program.ts";

const run = promisify(execFile);

/** Whether there is a tmux to be a terminal. */
export const hasTmux = await run("tmux", ["-V"]).then(
  () => true,
  () => false,
);

/** A terminal with a shell in the CLI's folder. */
export interface Terminal {
  /** Types text as it is, or presses a key: `Enter`, `C-c`. */
  type(...keys: string[]): Promise<void>;
  /** Types a command of the CLI; when it has ended, the screen says `ended with <code>`. */
  enter(args: string): Promise<void>;
  /** Resolves with the screen once it shows what is looked for. */
  shows(pattern: RegExp): Promise<string>;
  close(): Promise<void>;
}

let opened = 0;

/** Opens one, 160 columns wide. */
export async function openTerminal(cli: CliProgram): Promise<Terminal> {
  const socket = `carewire-${process.pid}-${++opened}`;
  const tmux = (...args: string[]) => run("tmux", ["-L", socket, ...args], { cwd: cli.folder, env: cli.env });
  const type = async (...keys: string[]) => void (await tmux("send-keys", "-t", "cli", ...keys));
  const shows = (pattern: RegExp) => {
    const look = async () => {
      const { stdout } = await tmux("capture-pane", "-p", "-t", "cli");
      if (!pattern.test(stdout)) throw new Error(`it shows:\n${stdout.trim()}`);
      return stdout;
    };
    return eventually(look, { description: `the terminal to show ${pattern}` });
  };
  await tmux("-f", "/dev/null", "new-session", "-d", "-s", "cli", "-x", "160", "-y", "40", "sh");
  // What is typed before the prompt is there stands above it, and what the command says behind it.
  await shows(/\S/);
  return {
    type,
    enter: (args) => type(`${process.execPath} ${cli.file} ${args}; echo ended with $?`, "Enter"),
    shows,
    close: () => tmux("kill-server").then(ignore, ignore),
  };
}

function ignore(): void {}
