import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders of the workspace's packages that have the given script, relative to the clone's top folder. */
export function packagesWithScript(root: string, script: string): string[] {
  return ["apps", "packages", "tooling"]
    .flatMap((room) => readdirSync(join(root, room)).map((name) => join(room, name)))
    .filter((folder) => hasScript(join(root, folder, "package.json"), script))
    .sort();
}

function hasScript(packageFile: string, script: string): boolean {
  if (!existsSync(packageFile)) return false;
  const { scripts }: { scripts?: Record<string, string> } = JSON.parse(readFileSync(packageFile, "utf8"));
  return scripts?.[script] !== undefined;
}
