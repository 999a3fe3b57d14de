import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { appPorts, workerPortOffset } from "./app-ports.ts";
import { LaunchFailure } from "./launch-failure.ts";

/** One process of the local stack: an app, or the worker role of one. */
export interface AppRole {
  /** The app's folder name, with `-worker` added for its worker role. */
  name: string;
  /** The bundled file that Node runs. */
  bundle: string;
  port: number;
  url: string;
}

/**
 * The processes to start: `main` and, where there is one, `worker` of every folder in apps/ that has sources for it.
 * Throws `LaunchFailure` for an app without a port.
 */
export function discoverApps(root: string): AppRole[] {
  const folder = join(root, "apps");
  return readdirSync(folder)
    .sort()
    .flatMap((app) =>
      ["main", "worker"]
        .filter((entry) => existsSync(join(folder, app, "src", `${entry}.ts`)))
        .map((entry) => describeRole(folder, app, entry)),
    );
}

function describeRole(folder: string, app: string, entry: string): AppRole {
  const appPort = appPorts[app];
  if (appPort === undefined) {
    throw new LaunchFailure(
      `The app ${app} has no port: add it to tooling/dev/src/app-ports.ts and run the command again.`,
    );
  }
  const isWorker = entry === "worker";
  const port = isWorker ? appPort + workerPortOffset : appPort;
  return {
    name: isWorker ? `${app}-worker` : app,
    bundle: join(folder, app, "dist", `${entry}.mjs`),
    port,
    url: `http://127.0.0.1:${port}`,
  };
}
