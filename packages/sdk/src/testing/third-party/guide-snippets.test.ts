import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readGuideBlocks } from "./guide-blocks.ts";

const run = promisify(execFile);
const snippets = readGuideBlocks().filter(({ language }) => language === "ts");
const packageFolder = fileURLToPath(new URL("../../../", import.meta.url));
// In the package, so that they find it by its name, and what it is tested with.
const folder = `${packageFolder}.snippets-guide/`;
const fileOf = (index: number) => `${folder}snippet-${index + 1}.ts`;

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await Promise.all(snippets.map(({ code }, index) => writeFile(fileOf(index), code)));
  const config = { extends: "@carewire/tsconfig/base.json", include: ["*.ts"] };
  await writeFile(`${folder}tsconfig.json`, JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("every TypeScript snippet of the guide compiles", async () => {
  expect(snippets.length).toBeGreaterThanOrEqual(5);
  const tsc = `${packageFolder}node_modules/.bin/tsc`;
  const { stdout } = await run(tsc, ["-p", folder], { timeout: 100_000 }).catch((error) => error);
  expect(stdout).toBe("");
}, 120_000);

test("the one about testing runs, and its assertions hold", async () => {
  const index = snippets.findIndex(({ heading }) => heading === "Testing your receiver");
  expect(snippets[index]?.code).toContain("assert.");
  await run(process.execPath, [fileOf(index)], { timeout: 100_000 });
}, 120_000);
