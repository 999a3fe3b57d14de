import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { nodeBinaries } from "@carewire/node-versions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPackage } from "./build-package.ts";

const run = promisify(execFile);
const source = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "carewire-cli-package-"));
const program = join(folder, "project", "node_modules", ".bin", "carewire");
const env = { PATH: process.env.PATH, HOME: folder };

beforeAll(async () => {
  const target = join(folder, "package");
  await buildPackage({ source, target });
  await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: target });
  mkdirSync(join(folder, "project"));
  writeFileSync(join(folder, "project", "package.json"), "{}");
  const install = ["install", "--offline", "--no-audit", "--no-fund", join(folder, "carewire-cli-0.1.0.tgz")];
  await run("npm", install, { cwd: join(folder, "project") });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Object.entries(nodeBinaries))(
  "the packed program runs on Node %s, with nothing else installed",
  async (_, node) => {
    const { stdout } = await run(node, [program, "--version"], { cwd: folder, env });
    expect(stdout).toBe("0.1.0\n");
    const samples = await run(node, [program, "trigger", "--list"], { cwd: folder, env });
    expect(samples.stdout.split("\n")).toContain("stripe:invoice.payment_failed");
  },
);

test("the licences of everything that is bundled are in the package, and its own", () => {
  const read = (name: string) =>
    readFileSync(join(folder, "project", "node_modules", "@carewire", "cli", name), "utf8");
  const named = [...read("NOTICES.md").matchAll(/^## (\S+)\n\n.*(?:License|Copyright)/gm)].map(
    ([, name]) => name,
  );
  expect(named).toEqual(["commander", "eventsource-parser", "picocolors"]);
  expect(read("LICENSE")).toContain("Apache License");
});

test("the installed command finds its way to Node by itself, and every command helps", async () => {
  const { stdout } = await run(program, ["--help"], { cwd: folder, env });
  const commands = [...stdout.matchAll(/^ {2}([a-z]+)[ \n]/gm)].map(([, name]) => name);
  expect(commands).toEqual(
    expect.arrayContaining(["listen", "trigger", "tail", "replay", "verify", "doctor", "migrate"]),
  );
});
