import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "./find-on-path.ts";
import { unpackPackages } from "./unpack-packages.ts";

const timeoutMs = 90_000;

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
  return (
    unpackedBinary(folder) ??
    ((await unpackPackages({ ...options, packages: ["redis-server"], timeoutMs }))
      ? unpackedBinary(folder)
      : null)
  );
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
