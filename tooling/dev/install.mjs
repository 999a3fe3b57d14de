// Installs the workspace with one exact pnpm, fetched through npx. Node's built-in modules only.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { delimiter, join, sep } from "node:path";

const pnpmVersion = "12.21.0";
const freeBytesMin = 1_500_000_000;
const progressEveryMs = 10_000;

/** An expected way to fail: `message` is one sentence that says what is wrong and what to do. */
export class InstallFailure extends Error {
  exitCode;
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Makes node_modules match pnpm-lock.yaml and returns where the pnpm binary is. When an earlier run already did
 * so for this very lockfile, nothing is started and nothing touches the network.
 * Throws `InstallFailure`.
 */
export async function install({ root, signal }) {
  const wanted = fingerprint(root);
  const installed = findInstalled(root);
  if (installed?.fingerprint === wanted) return installed;

  requireFreeDisk(root);
  // Written last, so an interrupted install is repeated.
  rmSync(stampFileOf(root), { force: true });
  const run = createRunner({ root, signal });
  const pnpmDirectory = await findPnpm(run);
  await run("Installing packages", join(pnpmDirectory, "pnpm"), [
    "install",
    "--frozen-lockfile",
    "--reporter=append-only",
  ]);
  const stamp = { fingerprint: wanted, pnpmDirectory };
  writeFileSync(stampFileOf(root), JSON.stringify(stamp));
  return stamp;
}

function fingerprint(root) {
  const hash = createHash("sha256").update(`${pnpmVersion} ${process.platform} ${process.arch}`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

const stampFileOf = (root) => join(root, "node_modules", ".carewire-install.json");

/** What the last finished install left, whatever lockfile it was for; undefined when there is none. */
export function findInstalled(root) {
  try {
    const stamp = JSON.parse(readFileSync(stampFileOf(root), "utf8"));
    return existsSync(join(stamp.pnpmDirectory, "pnpm")) ? stamp : undefined;
  } catch {
    return undefined;
  }
}

function requireFreeDisk(root) {
  const { bavail, bsize } = statfsSync(root);
  if (bavail * bsize >= freeBytesMin) return;
  const needed = `${freeBytesMin / 1e9} GB`;
  const free = `${((bavail * bsize) / 1e9).toFixed(1)} GB`;
  throw new InstallFailure(
    `The disk is nearly full: Carewire needs ${needed} free under ${root} and finds ${free}; free some space and run the command again.`,
  );
}

/** npx puts the package's own directory first on PATH of what it runs; asking for PATH tells us where that is. */
async function findPnpm(run) {
  const path = await run("Fetching pnpm", "npx", [
    "-y",
    "-p",
    `pnpm@${pnpmVersion}`,
    "--",
    "node",
    "-p",
    "process.env.PATH",
  ]);
  const directories = path.trim().split("\n").at(-1).split(delimiter);
  const directory = directories.find(
    (entry) => entry.includes(`${sep}_npx${sep}`) && existsSync(join(entry, "pnpm")),
  );
  if (!directory)
    throw new InstallFailure(
      `npx did not provide pnpm ${pnpmVersion}: delete npm's _npx cache folder and run the command again.`,
    );
  return directory;
}

/** Returns `run(title, command, args)`: shows progress, keeps all output in a log file, resolves to stdout. */
function createRunner({ root, signal }) {
  const logFile = join(root, ".carewire", "logs", "install.log");
  mkdirSync(join(root, ".carewire", "logs"), { recursive: true, mode: 0o711 });
  writeFileSync(logFile, "");
  // Few, quick retries: without a network npm would otherwise stay silent for minutes.
  const env = { ...process.env, ...retries("npm_config"), ...retries("pnpm_config"), CI: "1" };
  return (title, command, args) =>
    new Promise((resolve, reject) => {
      const stopProgress = showProgress(title);
      const output = { stdout: "", all: "" };
      const child = spawn(command, args, { cwd: root, env, signal, stdio: ["ignore", "pipe", "pipe"] });
      child.stdout.on("data", (chunk) => {
        output.stdout += chunk;
        output.all += chunk;
      });
      child.stderr.on("data", (chunk) => {
        output.all += chunk;
      });
      child.on("error", (error) => {
        stopProgress();
        reject(
          signal.aborted
            ? new InstallFailure("Stopped.", 130)
            : new InstallFailure(explain(error.message, command, logFile)),
        );
      });
      child.on("close", (code) => {
        stopProgress();
        writeFileSync(logFile, output.all, { flag: "a" });
        if (code === 0) return resolve(output.stdout);
        reject(
          signal.aborted
            ? new InstallFailure("Stopped.", 130)
            : new InstallFailure(explain(output.all, command, logFile)),
        );
      });
    });
}

function retries(prefix) {
  return {
    [`${prefix}_fetch_retries`]: "2",
    [`${prefix}_fetch_retry_mintimeout`]: "1000",
    [`${prefix}_fetch_retry_maxtimeout`]: "3000",
  };
}

function explain(output, command, logFile) {
  if (/ENOSPC|no space left|os error 28/i.test(output)) {
    return "The disk is full: free at least 1.5 GB and run the command again.";
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ECONNRESET|error sending request|dns error|META_FETCH_FAIL|network/i.test(
      output,
    )
  ) {
    return "The npm registry cannot be reached: connect to the network (or set npm's registry or proxy) and run the command again.";
  }
  if (/FROZEN_LOCKFILE|OUTDATED_LOCKFILE/.test(output)) {
    return `pnpm-lock.yaml does not match the package.json files: run "npx -y pnpm@${pnpmVersion} install" and commit the lockfile.`;
  }
  if (/EACCES|EPERM|permission denied/i.test(output)) {
    return `Files of this clone cannot be written by the current user: fix their owner and run the command again (details in ${logFile}).`;
  }
  if (/spawn npx ENOENT/.test(output))
    return "npx was not found: install npm (it comes with Node) and run the command again.";
  return `${command} failed; its output is in ${logFile}.`;
}

/** A line that counts seconds on a terminal, a plain line now and then elsewhere. Returns the function that ends it. */
function showProgress(title) {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  if (!process.stdout.isTTY) {
    console.log(`${title} …`);
    const timer = setInterval(() => console.log(`${title} … ${seconds()} s`), progressEveryMs);
    return () => clearInterval(timer);
  }
  const timer = setInterval(() => process.stdout.write(`\r${title} … ${seconds()} s `), 500);
  return () => {
    clearInterval(timer);
    process.stdout.write(`\r${title} … ${seconds()} s\n`);
  };
}
