import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "../build/build-package.ts";
import { sourceManifest } from "../build/published-entries.ts";

/** The package as `npm publish` would send it. */
export interface PackedPackage {
  /** Everything about it is in here; remove it in the end. */
  root: string;
  /** What was built. */
  builtDir: string;
  tarballPath: string;
  tarball: Uint8Array;
}

/** Builds and packs the package into a new temporary folder. */
export async function packPackage(): Promise<PackedPackage> {
  const root = mkdtempSync(join(tmpdir(), "carewire-sdk-"));
  const builtDir = join(root, "built");
  await buildPackage(builtDir);
  npm(root, "pack", builtDir, "--pack-destination", root);
  const tarballPath = join(root, `carewire-sdk-${sourceManifest.version}.tgz`);
  return { root, builtDir, tarballPath, tarball: readFileSync(tarballPath) };
}

/** Makes an empty project with the given files and installs the tarball into it, from nowhere else. */
export function installInto(packed: PackedPackage, name: string, files: Record<string, string>): string {
  const projectDir = join(packed.root, name);
  mkdirSync(projectDir);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(projectDir, path), text);
  npm(projectDir, "install", "--no-audit", "--no-fund", "--ignore-scripts", packed.tarballPath);
  return projectDir;
}

export const removePackage = ({ root }: PackedPackage): void =>
  rmSync(root, { recursive: true, force: true });

// With an address that nothing listens on, so that a dependency could not go unnoticed.
function npm(cwd: string, ...args: string[]): void {
  const env = {
    // biome-ignore lint/style/noProcessEnv: npm is found, and finds its cache, by the environment of the test.
    ...process.env,
    npm_config_registry: "http://127.0.0.1:9",
    npm_config_update_notifier: "false",
  };
  execFileSync("npm", [...args, "--offline"], { cwd, env, stdio: "pipe", timeout: 60_000 });
}
