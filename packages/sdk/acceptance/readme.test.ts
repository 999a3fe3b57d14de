import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestDatabase, startRedis } from "@carewire/testkit";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { buildPackage } from "../build/build-package.ts";
import { readmeSnippets } from "./readme-snippets.ts";

// Below the package, so that the examples find express and the like in its node_modules, and the SDK as it is published.
const packageRoot = fileURLToPath(new URL("../", import.meta.url));
const folder = join(packageRoot, ".vitest/readme");
const snippets = readmeSnippets().map((snippet) => ({ ...snippet, file: `line-${snippet.line}.ts` }));

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, code } of snippets) writeFileSync(join(folder, file), code);
  writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}');
  const compilerOptions = { types: ["node"], lib: ["es2024", "dom"] };
  const options = { extends: "@carewire/tsconfig/base.json", compilerOptions, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  await buildPackage(join(folder, "node_modules/@carewire/sdk"));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the README shows every framework", () => {
  const shown = snippets.map(({ code }) => code).join("\n");
  for (const adapter of ["express", "fastify", "hono", "next", "node", "fetch"]) {
    expect(shown).toMatch(new RegExp(`handler\\.${adapter}\\(`));
  }
});

test("every example of the README compiles", () => {
  expect(outputOf(join(packageRoot, "node_modules/.bin/tsc"), ["-p", folder])).toBe("");
}, 120_000);

test("every example of the README runs, and accepts a signed webhook", async () => {
  const database = await createTestDatabase({ fingerprint: "sdk_nothing", run: async () => {} });
  onTestFinished(() => database.drop());
  const redis = await startRedis();
  onTestFinished(() => redis.remove());
  const paths = snippets.map(({ file, code }) => {
    const path = join(folder, file);
    // The port of the examples may be taken; and what they keep to themselves is asked for a webhook.
    const asks = /const handler =/.test(code) && !code.includes("assert");
    const handler = asks ? "\nexport const exampleHandler = handler;\n" : "";
    writeFileSync(path, code.replaceAll("3000", "0") + handler);
    return path;
  });
  const program = join(packageRoot, "acceptance/run-readme-snippets.mjs");
  const urls = { DATABASE_URL: database.url, REDIS_URL: redis.url };
  const printed = outputOf(process.execPath, [program, ...paths], urls);
  const results = printed.trim().split("\n").at(-1) ?? "";
  expect(results, printed).toMatch(/^\{/);
  const byPath = Object.entries(JSON.parse(results) as Record<string, unknown>);
  expect(byPath.map(([path]) => path)).toEqual(paths);
  for (const [path, result] of byPath) expect([200, "ran", "appointment.created"], path).toContain(result);
  expect(byPath.filter(([, result]) => result === "ran")).toHaveLength(2);
}, 120_000);

function outputOf(command: string, args: string[], env: Record<string, string> = {}): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", timeout: 100_000, stdio: "pipe", env });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}` || String(error);
  }
}
