import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { noticesOf } from "./notices.ts";

/** What is published: one file with everything in it, so that nothing else is installed. */
const manifestOf = (version: string) => ({
  name: "@carewire/cli",
  version,
  description:
    "Webhooks of Carewire on the command line: receive them locally, make them happen, look at them.",
  license: "Apache-2.0",
  type: "module",
  bin: { carewire: "./carewire.mjs" },
  files: ["carewire.mjs", "README.md", "LICENSE", "NOTICES.md"],
  engines: { node: ">=20" },
});

/** Puts the package, ready for `npm pack`, into the folder `target`. */
export async function buildPackage({ source, target }: { source: string; target: string }): Promise<void> {
  const { version } = JSON.parse(readFileSync(`${source}/package.json`, "utf8")) as { version: string };
  mkdirSync(target, { recursive: true });
  const program = `${target}/carewire.mjs`;
  const { metafile } = await build({
    entryPoints: [`${source}/src/main.ts`],
    outfile: program,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    absWorkingDir: source,
    define: { CAREWIRE_CLI_VERSION: JSON.stringify(version) },
    banner: {
      // CommonJS dependencies inside an ES module bundle still call require() for Node's own modules.
      js: '#!/usr/bin/env node\nimport { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  chmodSync(program, 0o755);
  copyFileSync(`${source}/README.md`, `${target}/README.md`);
  copyFileSync(`${source}/../../LICENSE`, `${target}/LICENSE`);
  writeFileSync(`${target}/NOTICES.md`, noticesOf(metafile, source));
  writeFileSync(`${target}/package.json`, `${JSON.stringify(manifestOf(version), null, 2)}\n`);
}
