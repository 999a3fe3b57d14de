#!/usr/bin/env node
// Bundles an app's entry points (main.ts, worker.ts where a family has one, commands) to one self-contained file each.
// carewire-bundle [folder]: puts them there instead of in dist.
import { existsSync } from "node:fs";
import { build } from "esbuild";

const entryPoints = ["src/main.ts", "src/worker.ts", "src/rekey.ts"].filter((file) => existsSync(file));

await build({
  entryPoints,
  outdir: process.argv[2] ?? "dist",
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  outExtension: { ".js": ".mjs" },
  sourcemap: "linked",
  legalComments: "none",
  logLevel: "warning",
  define: {
    "globalThis.CAREWIRE_FAILPOINTS": process.env.CAREWIRE_FAILPOINTS_BUILD === "1" ? "true" : "false",
  },
  // CommonJS dependencies inside an ES module bundle still call require() for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
