import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { nodeBinaries } from "@carewire/node-versions";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build } from "tsdown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishedEntries } from "../build/published-entries.ts";
import { cjsProgram, esmProgram, typedProgram } from "./consumer-programs.ts";
import { installInto, type PackedPackage, packPackage, removePackage } from "./packed-package.ts";

let packed: PackedPackage;
beforeAll(async () => {
  packed = await packPackage();
}, 120_000);
afterAll(() => removePackage(packed));

const read = (path: string) => readFileSync(join(packed.builtDir, path), "utf8");
const entries = publishedEntries.map(({ subpath }) => subpath.replace(".", "@carewire/sdk"));

test("publint finds nothing", async () => {
  const { messages, pkg } = await publint({ pkgDir: packed.builtDir, pack: false, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
}, 120_000);

test("are the types wrong? Under no way of resolving them", async () => {
  const analysis = await checkPackage(createPackageFromTarballData(packed.tarball));
  expect(analysis.types).toBeTruthy();
  expect("problems" in analysis ? analysis.problems : ["no types"]).toEqual([]);
}, 120_000);

test("what is published depends on nothing, does nothing when imported, and holds no source of the workspace", () => {
  const manifest = JSON.parse(read("package.json"));
  expect(Object.keys(manifest).filter((key) => /dependencies|scripts|private/i.test(key))).toEqual([]);
  expect(manifest.sideEffects).toBe(false);
  const files = execFileSync("tar", ["-tzf", packed.tarballPath], { encoding: "utf8" }).trim().split("\n");
  expect(files.filter((name) => !/\.([cm]js|d\.[cm]ts|json|md)$|LICENSE$/.test(name))).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining(["package/README.md", "package/CHANGELOG.md", "package/LICENSE"]),
  );
  for (const name of files.filter((path) => /\.[cm]js$|\.d\.[cm]ts$/.test(path))) {
    const text = read(name.slice("package/".length));
    const imported = [...text.matchAll(/(?:from|require\(|import\()\s*"([^"]+)"/g)].map(
      ([, from]) => from ?? "",
    );
    expect(
      imported.filter((from) => !/^(\.|node:)/.test(from)),
      name,
    ).toEqual([]);
  }
}, 120_000);

test("what runs on edge runtimes imports nothing of Node", () => {
  for (const name of [
    "web/index.mjs",
    "web/verify.mjs",
    "node/client.mjs",
    "node/details.mjs",
    "node/idempotency.mjs",
  ]) {
    for (const path of closure(name)) expect(read(path), path).not.toMatch(/"node:|\bBuffer\b|\bprocess\./);
  }
});

test.each(["node", "web"])(
  "the verify-only entry of the %s build is under 6 KB gzipped, as it is shipped",
  (build) => {
    const text = closure(`${build}/verify.mjs`).map(read).join("\n");
    expect(gzipSync(text, { level: 9 }).length).toBeLessThan(6_000);
  },
);

test("a bundler takes from the main entry only what is used", async () => {
  const program = join(packed.root, "uses-verify.mjs");
  writeFileSync(
    program,
    `import { verify } from "${join(packed.builtDir, "node/index.mjs")}"; globalThis.verify = verify;`,
  );
  await build({
    ...{ config: false, entry: { bundle: program }, outDir: join(packed.root, "bundled"), platform: "node" },
    ...{ minify: true, dts: false, logLevel: "error", report: false },
  });
  const bundled = readFileSync(join(packed.root, "bundled/bundle.mjs"));
  expect(bundled.toString()).toContain("node:crypto");
  expect(bundled.toString()).not.toContain("onUnknown");
  expect(gzipSync(bundled, { level: 9 }).length).toBeLessThan(6_000);
}, 120_000);

/** A built file and all files it imports. */
function closure(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const imports = [...read(path).matchAll(/(?:from|import) "(\.[^"]+)"/g)].map(([, from]) =>
    join(path, "..", from ?? ""),
  );
  return [path, ...imports.flatMap((next) => closure(next, seen))];
}

describe("installed into empty projects", () => {
  const expected = { statuses: [200, 200], seen: ["appt_1"] };
  const run = (binary: string, cwd: string, ...args: string[]) =>
    JSON.parse(execFileSync(binary, args, { cwd, encoding: "utf8", timeout: 100_000, env: {} }));

  test("ESM and CommonJS receive webhooks on every Node, with node:crypto and with WebCrypto", () => {
    const dir = installInto(packed, "javascript", {
      "package.json": '{"private":true}',
      "main.mjs": esmProgram(entries),
      "main.cjs": cjsProgram(entries),
    });
    for (const [version, binary] of Object.entries(nodeBinaries)) {
      const esm = run(binary, dir, "main.mjs");
      const cjs = run(binary, dir, "main.cjs");
      expect(esm, `ESM on Node ${version}`).toMatchObject({ ...expected, atOnce: true });
      expect(cjs, `CommonJS on Node ${version}`).toEqual(esm);
      const edge = run(binary, dir, "--conditions=worker", "main.mjs");
      expect(edge, `WebCrypto on Node ${version}`).toEqual({ ...esm, atOnce: "sync_unavailable" });
    }
  }, 120_000);

  test("TypeScript sees the same types as a module, as CommonJS and through a bundler", () => {
    const dir = installInto(packed, "typescript", { "package.json": '{"private":true}' });
    const tsc = join(import.meta.dirname, "../node_modules/.bin/tsc");
    const ways = { "main.mts": "nodenext", "main.cts": "nodenext", "main.ts": "bundler" };
    for (const [file, moduleResolution] of Object.entries(ways)) {
      writeFileSync(join(dir, file), typedProgram);
      const options = {
        ...{
          strict: true,
          skipLibCheck: false,
          noEmit: true,
          types: [],
          lib: ["es2022", "dom", "dom.iterable"],
        },
        ...{
          target: "es2022",
          module: moduleResolution === "bundler" ? "esnext" : "nodenext",
          moduleResolution,
        },
      };
      writeFileSync(join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: [file] }));
      const { stdout } = runTsc(tsc, dir);
      expect(stdout, file).toBe("");
    }
  }, 120_000);
});

function runTsc(tsc: string, cwd: string): { stdout: string } {
  try {
    return { stdout: execFileSync(tsc, ["-p", "."], { cwd, encoding: "utf8", timeout: 100_000 }) };
  } catch (error) {
    return { stdout: String((error as { stdout?: string }).stdout || error) };
  }
}
