import { globSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folders with libraries, from `usr/bin` and from `usr/lib/<program>`; some lie one folder deeper. */
const patterns = [
  "../lib/*-linux-gnu",
  "../*-linux-gnu",
  "../../lib/*-linux-gnu",
  "../../../lib/*-linux-gnu",
].flatMap((pattern) => [pattern, `${pattern}/*/`]);

/**
 * The environment of a program that was unpacked from a package without installing it: its libraries are beside it,
 * not in the system. Empty for an installed one.
 */
export function privateLibraries(binary: string): Record<string, string> {
  const isInstalled = /^\/usr\/(local\/)?(bin|lib)\//.test(binary);
  if (isInstalled) return {};
  const folders = globSync(patterns.map((pattern) => join(dirname(binary), pattern)));
  return folders.length === 0 ? {} : { LD_LIBRARY_PATH: folders.join(":") };
}
