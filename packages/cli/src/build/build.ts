import { chmodSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../../", import.meta.url));
const outfile = process.argv[2] ?? `${folder}dist/carewire.mjs`;

/** One file that Node 20 and later runs, with everything in it. */
await build({
  entryPoints: [`${folder}src/main.ts`],
  outfile,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  legalComments: "none",
  logLevel: "warning",
  banner: {
    js: '#!/usr/bin/env node\nimport { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
chmodSync(outfile, 0o755);
