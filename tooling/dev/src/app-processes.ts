import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AppRole } from "./apps.ts";
import { isPortFree } from "./free-port.ts";
import { LaunchFailure } from "./launch-failure.ts";
import { identify } from "./process-identity.ts";
import type { ProcessRegistry } from "./process-registry.ts";
import { spawnService } from "./spawn-service.ts";
import { waitUntil } from "./wait-until.ts";

const readyTimeoutMs = 60_000;

/** Throws `LaunchFailure` naming the first port that another program has. */
export async function requireFreePorts(roles: AppRole[]): Promise<void> {
  for (const { name, port } of roles) {
    if (await isPortFree(port)) continue;
    throw new LaunchFailure(
      `Port ${port} of 127.0.0.1, which ${name} needs, is already in use: stop the program that listens there and run the command again.`,
    );
  }
}

export interface StartAppsOptions {
  roles: AppRole[];
  env: NodeJS.ProcessEnv;
  root: string;
  logFolder: string;
  registry: ProcessRegistry;
}

/** Starts every role and resolves with their pids once all answer /readyz. Throws `LaunchFailure`. */
export async function startApps(options: StartAppsOptions): Promise<Record<string, number>> {
  const started = options.roles.map((role) => ({ role, pid: startApp(role, options) }));
  await Promise.all(started.map(({ role, pid }) => waitUntilReady(role, pid, logFileOf(role, options))));
  return Object.fromEntries(started.map(({ role, pid }) => [role.name, pid]));
}

function logFileOf(role: AppRole, { logFolder }: StartAppsOptions): string {
  return join(logFolder, `${role.name}.log`);
}

function startApp(role: AppRole, options: StartAppsOptions): number {
  const pid = spawnService({
    name: role.name,
    command: process.execPath,
    args: ["--enable-source-maps", role.bundle],
    env: { ...options.env, PORT: String(role.port) },
    cwd: options.root,
    logFile: logFileOf(role, options),
  });
  options.registry.record(role.name, pid);
  return pid;
}

async function waitUntilReady(role: AppRole, pid: number, logFile: string): Promise<void> {
  const settled = await waitUntil(async () => identify(pid) === null || (await isReady(role.url)), {
    timeoutMs: readyTimeoutMs,
  });
  if (identify(pid) === null) {
    const lastLine = readFileSync(logFile, "utf8").trim().split("\n").at(-1)?.slice(0, 300) ?? "";
    throw new LaunchFailure(`${role.name} stopped while starting (${lastLine}): see ${logFile}.`);
  }
  if (!settled) {
    throw new LaunchFailure(
      `${role.name} was not ready within ${readyTimeoutMs / 1000} s (${role.url}/readyz): see ${logFile}.`,
    );
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
