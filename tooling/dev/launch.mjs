// Runs on the host's Node with nothing installed: installs, then hands over to the workspace's own Node.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findInstalled, InstallFailure, install } from "./install.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [task, ...flags] = process.argv.slice(2);

const installing = new AbortController();
let child;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    installing.abort();
    // A terminal sends Ctrl-C to the child as well; its shutdown takes the second signal for the first.
    child?.kill(signal);
  });
}

try {
  // Stopping must also work without a network after the lockfile has changed, and needs nothing new.
  const stopping = flags.includes("--stop") ? findInstalled(root) : undefined;
  const { pnpmDirectory } = stopping ?? (await install({ root, signal: installing.signal }));
  child = spawn(
    join(root, "node_modules", ".bin", "node"),
    [join(root, "tooling/dev/src/main.ts"), task ?? "start", ...flags],
    {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        PATH: [join(root, "node_modules", ".bin"), pnpmDirectory, process.env.PATH].join(":"),
        CAREWIRE_LAUNCHER_PIDS: launcherPids().join(","),
      },
    },
  );
  child.on("error", (error) => {
    console.error(
      `The workspace's own Node did not start (${error.message}): delete node_modules and run the command again.`,
    );
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
} catch (error) {
  const sentence = error instanceof InstallFailure ? error.message : systemSentence(error);
  if (sentence === undefined) throw error;
  console.error(`\n${sentence}`);
  process.exit(error.exitCode ?? 1);
}

function systemSentence({ code }) {
  switch (code) {
    case "ENOSPC":
      return "The disk is full: free at least 1.5 GB and run the command again.";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `${root} cannot be written by the current user: clone it as this user, or fix its owner, and run the command again.`;
  }
}

/**
 * This process, and under npm also npm and the shell between the two: neither passes on a signal that only it got,
 * and a process killed with -9 passes on nothing, so the stack watches them all.
 */
function launcherPids() {
  if (!process.env.npm_lifecycle_event) return [process.pid];
  return [process.pid, process.ppid, parentOf(process.ppid)];
}

function parentOf(pid) {
  try {
    if (process.platform !== "linux") {
      return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
    }
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return pid;
  }
}
