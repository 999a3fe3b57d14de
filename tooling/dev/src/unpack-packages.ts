import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findOnPath } from "./find-on-path.ts";

const run = promisify(execFile);

export interface UnpackOptions {
  /** Names of packages. */
  packages: string[];
  /** Gets a folder `root` with their files. */
  folder: string;
  /** The PATH to search. */
  path: string;
  /** For each step, ms. */
  timeoutMs: number;
  /** Ends it. */
  signal: AbortSignal;
}

/**
 * Unpacks packages of the distribution, with whatever this machine lacks for them, without installing anything and
 * without root: apt works on private lists and a private cache. False where that does not work.
 */
export async function unpackPackages({
  packages,
  folder,
  path,
  timeoutMs,
  signal,
}: UnpackOptions): Promise<boolean> {
  if (!findOnPath(["apt-get"], path) || !findOnPath(["dpkg"], path)) return false;
  const archives = join(folder, "cache", "archives");
  for (const made of [join(folder, "state", "lists", "partial"), join(archives, "partial")]) {
    mkdirSync(made, { recursive: true });
  }
  const options = [
    `Dir::State=${join(folder, "state")}`,
    `Dir::Cache=${join(folder, "cache")}`,
    "Dir::State::status=/var/lib/dpkg/status",
    "Debug::NoLocking=1",
    // As root apt would hand the download to its own user, who cannot write here.
    "APT::Sandbox::User=root",
    "Acquire::Retries=1",
    "Acquire::http::Timeout=10",
  ].flatMap((option) => ["-o", option]);
  const limits = { timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024, signal };
  try {
    await run("apt-get", [...options, "-qq", "update"], limits).catch(() => {});
    await run(
      "apt-get",
      [...options, "-qq", "-y", "--no-install-recommends", "--download-only", "install", ...packages],
      limits,
    );
    // Moved into place last, so that an interrupted unpacking is not taken for a finished one.
    const unfinished = join(folder, "root.new");
    rmSync(unfinished, { recursive: true, force: true });
    for (const file of readdirSync(archives).filter((name) => name.endsWith(".deb"))) {
      await run("dpkg", ["-x", join(archives, file), unfinished], limits);
    }
    renameSync(unfinished, join(folder, "root"));
    return true;
  } catch {
    return false;
  } finally {
    for (const temporary of ["cache", "state"])
      rmSync(join(folder, temporary), { recursive: true, force: true });
  }
}
