import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createProgram } from "../program.ts";
import { bashScript } from "./bash-script.ts";
import { type CommandWords, commandWords } from "./command-words.ts";
import { fishScript } from "./fish-script.ts";

const run = promisify(execFile);
const all: CommandWords[] = commandWords(
  createProgram("1.0.0", () => {
    throw new Error("completion runs no command");
  }),
);

/** What is typed, the last word unfinished, and what is offered for it; "": nothing, so that the shell offers files. */
const cases: [typed: string, offered: string][] = [
  ["carewire del", "deliveries"],
  ["carewire deliveries l", "list"],
  ["carewire --url http://127.0.0.1 deliveries l", "list"],
  ["carewire --profile listen deliveries l", "list"],
  ["carewire deliveries list --status f", "failed"],
  ["carewire deliveries list --status failed --li", "--limit"],
  ["carewire deliveries get dlv_1 --js", "--json"],
  ["carewire verify request.http --sec", "--secret"],
  ["carewire verify request.http --scheme s", "standard-webhooks svix"],
  ["carewire subscriptions create --form", "--format"],
  ["carewire completion f", "fish"],
  ["carewire verify req", ""],
];

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

test.each(cases)("bash: %s", async (typed, offered) => {
  const words = typed.split(" ");
  const ask = `COMP_WORDS=(${words.map(quoted).join(" ")}) COMP_CWORD=${words.length - 1}; _carewire; echo "\${COMPREPLY[@]}"`;
  const { stdout } = await run("bash", ["-c", `${bashScript(all)}\n${ask}`]);
  expect(stdout.trim()).toBe(offered);
});

const isThere = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;

test.skipIf(!isThere("fish")).each(cases)("fish: %s", async (typed, offered) => {
  const ask = `${fishScript(all)}\ncomplete -C ${quoted(typed)}`;
  const { stdout } = await run("fish", ["--no-config", "-c", ask]);
  expect(stdout.trim().split(/\s+/).join(" ")).toBe(offered);
});

test("nothing in the script of bash has a name that zsh, which runs it too, keeps for itself", () => {
  expect(bashScript(all)).not.toMatch(/\b(?:local|for)[^\n]*\b(?:path|words|status|fpath|options)\b[=\s]/);
});
