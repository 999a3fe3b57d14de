import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type InlineConfig } from "tsdown";
import { publishedEntries, verifyingEntries } from "./published-entries.ts";
import { publishedManifest, subpathManifest } from "./published-manifest.ts";

const packageRoot = fileURLToPath(new URL("../", import.meta.url));

const shared = {
  cwd: packageRoot,
  config: false,
  tsconfig: join(packageRoot, "tsconfig.json"),
  format: ["esm", "cjs"],
  fixedExtension: true,
  target: "es2022",
  logLevel: "error",
  report: false,
  // Everything is bundled: the package has no dependencies. What a user brings along (ioredis, pg, …) is never imported.
  deps: { alwaysBundle: [/^@carewire\//] },
  outputOptions: { comments: { legal: true, annotation: true, jsdoc: false } },
} satisfies InlineConfig;

/** Without the names of source files that are not shipped. */
const smaller = { experimental: { attachDebugInfo: "none" } } satisfies InlineConfig["inputOptions"];

const entryMap = (entries: typeof publishedEntries): Record<string, string> =>
  Object.fromEntries(entries.map(({ name, source }) => [name, source]));

const forNode = {
  ...shared,
  platform: "node",
  dts: { oxc: true },
  inputOptions: { ...smaller, resolve: { conditionNames: ["node", "import"] } },
} satisfies InlineConfig;

const forWeb = {
  ...shared,
  platform: "neutral",
  dts: false,
  inputOptions: { ...smaller, resolve: { conditionNames: ["worker", "import"] } },
} satisfies InlineConfig;

/** How to build nothing but the declarations of some entries. */
export const typesOf = (entry: Record<string, string>): InlineConfig => ({
  ...forNode,
  format: "esm",
  entry,
  dts: { oxc: true, emitDtsOnly: true },
});

/** Builds the package as it is published into a folder: both module systems, types, manifest and documents. */
export async function buildPackage(outDir: string): Promise<void> {
  await build({ ...forNode, entry: entryMap(publishedEntries), outDir: join(outDir, "node") });
  await build({ ...forWeb, entry: entryMap(verifyingEntries), outDir: join(outDir, "web") });
  writeJson(join(outDir, "package.json"), publishedManifest());
  for (const entry of publishedEntries.filter(({ subpath }) => subpath !== ".")) {
    mkdirSync(join(outDir, entry.name), { recursive: true });
    writeJson(join(outDir, entry.name, "package.json"), subpathManifest(entry));
  }
  for (const name of ["README.md", "CHANGELOG.md"]) copyFileSync(join(packageRoot, name), join(outDir, name));
  copyFileSync(join(packageRoot, "../../LICENSE"), join(outDir, "LICENSE"));
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
