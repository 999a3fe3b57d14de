import { type ChildProgram, findFreePort, startProcess } from "@carewire/testkit";
import { type AppRole, bundleEntry } from "../bundles.ts";
import { appSettings, type WorldSettings } from "./app-settings.ts";

export interface RunningApp extends ChildProgram {
  url: string;
}

/** Starts the real, bundled app and resolves once it is ready. `failpoint` is a plan such as `ingress.after_commit:kill`. */
export async function startApp(role: AppRole, world: WorldSettings, failpoint?: string): Promise<RunningApp> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const env = appSettings(role, port, world);
  if (failpoint !== undefined) env.FAILPOINT = failpoint;
  const program = await startProcess({
    entry: bundleEntry(role),
    env,
    readyUrl: `${url}/readyz`,
    timeoutMs: 30_000,
  });
  return { ...program, url };
}
