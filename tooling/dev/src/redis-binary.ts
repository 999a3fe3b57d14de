import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const downloadTimeoutMs = 90_000;

/** A Redis server program and what it needs to find its libraries. */
export interface RedisBinary {
  command: string;
  env: Record<string, string>;
}

export interface FindRedisOptions {
  /** Where packages are unpacked and found again. */
  folder: string;
  /** The PATH to search. */
  path: string;
  /** Ends a download. */
  signal: AbortSignal;
}

/**
 * A Redis (or Valkey) server: the one on PATH, else unpacked from the distribution's own packages into `folder`,
 * which needs no root and leaves the system as it is. Null when neither works.
 */
export async function findRedisBinary(options: FindRedisOptions): Promise<RedisBinary | null> {
  const { folder, path } = options;
  const onPath = findOnPath(["redis-server", "valkey-server"], path);
  if (onPath) return { command: onPath, env: {} };
  return unpackedBinary(folder) ?? ((await unpackPackages(options)) ? unpackedBinary(folder) : null);
}

function findOnPath(names: string[], path: string): string | undefined {
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

function unpackedBinary(folder: string): RedisBinary | null {
  const unpacked = join(folder, "root");
  const command = join(unpacked, "usr", "bin", "redis-server");
  if (!existsSync(command)) return null;
  const libraries = ["usr/lib", "lib"].flatMap((name) => subfolders(join(unpacked, name)));
  return { command, env: { LD_LIBRARY_PATH: libraries.join(":") } };
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

/** Lets apt work on private lists and a private cache: it resolves what this machine lacks, downloads, installs nothing. */
async function unpackPackages({ folder, path, signal }: FindRedisOptions): Promise<boolean> {
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
  const limits = { timeout: downloadTimeoutMs, maxBuffer: 16 * 1024 * 1024, signal };
  try {
    await run("apt-get", [...options, "-qq", "update"], limits).catch(() => {});
    await run(
      "apt-get",
      [...options, "-qq", "-y", "--no-install-recommends", "--download-only", "install", "redis-server"],
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
