#!/usr/bin/env node
// Bundles an app's entry points (main.ts, worker.ts where a family has one, commands) to one self-contained file each.
// carewire-bundle: those of the app in this folder, into dist.
// carewire-bundle FOLDER APP…: those of the apps in these folders, each into FOLDER/<its folder's name>, which takes a
// fraction of the time that one after the other takes.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const [outdir = "dist", ...apps] = process.argv.slice(2);

/** What esbuild makes of an app: the name of each file, without its ending, and its source. */
function entryPointsOf(app, target) {
  const names = ["main", "worker", "rekey"].filter((name) => existsSync(join(app, "src", `${name}.ts`)));
  return names.map((name) => ({ in: join(app, "src", `${name}.ts`), out: join(target, name) }));
}

await build({
  entryPoints:
    apps.length === 0 ? entryPointsOf("", "") : apps.flatMap((app) => entryPointsOf(app, basename(app))),
  outdir,
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  outExtension: { ".js": ".mjs" },
  sourcemap: "linked",
  // A fifth less to wait for at every start. Stack traces keep their functions' names; with --enable-source-maps, all of it.
  minifyWhitespace: true,
  lineLimit: 120,
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
