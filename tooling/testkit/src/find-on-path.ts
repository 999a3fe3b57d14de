import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { readParentEnv } from "./env.ts";

/** The full path of an executable file on PATH, or undefined. */
export function findOnPath(name: string): string | undefined {
  const folders = (readParentEnv().PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
