import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { explainSystemError, LaunchFailure } from "./launch-failure.ts";
import { giveToOwner, type PostgresHome } from "./postgres-home.ts";

const run = promisify(execFile);

export interface ClusterOptions {
  home: PostgresHome;
  /** Of the superuser. */
  password: string;
  /** Ends the making of a new data directory. */
  signal: AbortSignal;
}

/** Makes the data directory unless it is there: UTF-8, superuser `carewire`, password logins only. */
export async function ensureCluster({ home, password, signal }: ClusterOptions): Promise<void> {
  const { dataDirectory, binDirectory, owner } = home;
  if (existsSync(join(dataDirectory, "PG_VERSION"))) return requireSameVersion(dataDirectory);
  // Made under another name and moved: an initdb that was interrupted must not look like a finished one.
  const unfinished = `${dataDirectory}.new`;
  const passwordFile = `${dataDirectory}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  giveToOwner(unfinished, home);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveToOwner(passwordFile, home);
  try {
    const args = ["-D", unfinished, "-U", "carewire", "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
    // The password is long and random, so stretching it would only slow down every new connection.
    args.push("-c", "scram_iterations=1", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions");
    await run(join(binDirectory, "initdb"), args, {
      ...owner,
      signal,
      cwd: dirname(unfinished),
      env: {},
    });
    renameSync(unfinished, dataDirectory);
  } catch (error) {
    throw explainInitdb(error);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function requireSameVersion(dataDirectory: string): void {
  const version = readFileSync(join(dataDirectory, "PG_VERSION"), "utf8").trim();
  if (version === "18") return;
  throw new LaunchFailure(
    `${dataDirectory} was made by PostgreSQL ${version}, this is 18: delete that folder (the demo data goes with it) and run the command again.`,
  );
}

function explainInitdb(error: unknown): unknown {
  const explained = explainSystemError(error);
  const output = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  if (/No space left on device/.test(output)) {
    return new LaunchFailure("The disk is full: free some space and run the command again.");
  }
  const reason =
    output.split("\n").find((line) => line.includes("error:") || line.includes("FATAL")) ?? output;
  if (!explained && !reason) return error;
  return new LaunchFailure(
    explained ?? `PostgreSQL's initdb failed (${reason}): set DATABASE_URL to a PostgreSQL database instead.`,
  );
}
