import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The first of these programs that a folder of `path` has, with its folder. */
export function findOnPath(names: string[], path: string): string | undefined {
  const candidates = path.split(delimiter).flatMap((directory) => names.map((name) => join(directory, name)));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
