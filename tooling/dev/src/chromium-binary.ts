import { existsSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "./find-on-path.ts";
import { unpackPackages } from "./unpack-packages.ts";

// Some 100 MB.
const timeoutMs = 300_000;

// Debian's packages, by preference, and their programs. The shell is the same browser without windows, and takes a fifth
// less of a processor for the same pages.
const packaged = ["chromium-headless-shell", "chromium"];
const onPathToo = ["chromium-browser", "google-chrome", "google-chrome-stable"];

export interface FindChromiumOptions {
  /** Where packages are unpacked and found again. */
  folder: string;
  /** `CAREWIRE_CHROMIUM_BIN`, if it is set: this one and no other. */
  given: string | undefined;
  /** The PATH to search. */
  path: string;
  /** Ends a download. */
  signal: AbortSignal;
}

/** What to do on a machine without a browser. */
export const noChromium =
  "No Chromium was found and none could be unpacked, so the browser tests fail: install chromium or set CAREWIRE_CHROMIUM_BIN.";

/**
 * A Chromium for tests: the one that was named, one on PATH, else unpacked from Debian's packages into `folder`, which
 * needs no root and leaves the system as it is. Null when none of it works.
 */
export async function findChromium(options: FindChromiumOptions): Promise<string | null> {
  const { folder, given, path } = options;
  if (given) return given;
  const onPath = findOnPath([...packaged, ...onPathToo], path);
  if (onPath) return onPath;
  const unpacked = () =>
    packaged.map((name) => join(folder, "root", "usr", "lib", "chromium", name)).find(existsSync) ?? null;
  for (const name of packaged) {
    if (unpacked() !== null) break;
    await unpackPackages({ ...options, packages: [name, "fonts-liberation"], timeoutMs });
  }
  return unpacked();
}
