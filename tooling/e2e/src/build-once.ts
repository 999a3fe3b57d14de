import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundlesFolder, repository } from "./bundles.ts";

/** Everything the apps' bundles and pages are made of. */
const folders = ["apps", "packages", "patches", "tooling/bundle"];

/**
 * Does a build, unless the last one of this name was of the same sources: the tests in a browser come right after the
 * others, and need what those built.
 */
export async function buildOnce(name: string, build: () => Promise<unknown>): Promise<void> {
  const stamp = join(bundlesFolder, `${name}.built-from`);
  const sources = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return;
  rmSync(stamp, { force: true });
  await build();
  writeFileSync(stamp, sources);
}

function fingerprint(): string {
  const files = folders.flatMap((folder) => filesIn(join(repository, folder))).sort();
  const hash = createHash("sha256");
  for (const file of [...files, join(repository, "pnpm-lock.yaml")]) {
    hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

/** Without what is installed, what is built, and what tools keep. */
const isSource = (name: string): boolean => !name.startsWith(".") && !["node_modules", "dist"].includes(name);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!isSource(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
  });
}
