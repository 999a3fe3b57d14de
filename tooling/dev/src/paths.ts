import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The clone's top folder. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Everything the local stack keeps; git-ignored. */
export const stateDirectory = join(root, ".carewire");

/** Makes a folder under the state directory and returns its path. */
export function stateFolder(...names: string[]): string {
  // Others may pass through but not look: PostgreSQL runs under another uid when this runs as root.
  mkdirSync(stateDirectory, { recursive: true, mode: 0o711 });
  const folder = join(stateDirectory, ...names);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  return folder;
}
