import { existsSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "./find-on-path.ts";
import { unpackPackages } from "./unpack-packages.ts";

// Some 120 MB.
const timeoutMs = 300_000;

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
  const onPath = findOnPath(["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"], path);
  if (onPath) return onPath;
  const unpacked = join(folder, "root", "usr", "lib", "chromium", "chromium");
  if (existsSync(unpacked)) return unpacked;
  const packages = ["chromium", "fonts-liberation"];
  return (await unpackPackages({ ...options, packages, timeoutMs })) && existsSync(unpacked)
    ? unpacked
    : null;
}
