import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const moduleUrl = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

const script = (...imports: string[]) => `
  ${imports.map((name) => `await import(${moduleUrl(name)});`).join("\n")}
  const { step } = await import(${moduleUrl("./progress.ts")});
  process.once("message", async () => {
    await step("Stopping", async () => {});
    await step("Stopping the rest", async () => {});
    process.exit(0);
  });
  process.send("up");
`;

/** The exit code of a program that goes on printing after the one who read its output has gone. */
async function exitWithoutReader(source: string): Promise<number | null> {
  const args = ["--input-type=module", "-e", source];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore", "ipc"] });
  await once(child, "message");
  child.stdout?.destroy();
  await once(child.stdout!, "close");
  child.send("go on");
  const [code] = await once(child, "exit");
  return code;
}

test("a launcher whose output nobody reads any more goes on to stop what it started", async () => {
  expect(await exitWithoutReader(script("./outlive-output.ts"))).toBe(0);
  const main = readFileSync(new URL("./main.ts", import.meta.url), "utf8");
  expect(/^import .*$/m.exec(main)?.[0]).toBe('import "./outlive-output.ts";');
});
