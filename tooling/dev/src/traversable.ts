import { statSync } from "node:fs";
import { dirname } from "node:path";

/** Whether a user that is neither owner nor in the group of anything may walk down to `path`. */
export function isTraversableByOthers(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
