import { type ChildProgram, findFreePort, startProcess } from "@carewire/testkit";
import { type AppRole, bundleEntry } from "../bundles.ts";
import { appSettings, soonOver, type WorldSettings } from "./app-settings.ts";

export interface RunningApp extends ChildProgram {
  url: string;
}

/** Settings of one process beyond the world's, such as `FAILPOINT: "ingress.after_commit:kill"`. */
export type MoreSettings = Record<string, string>;

/** Starts the real, bundled app, on a free port unless `PORT` is among the settings, and resolves once it is ready. */
export async function startApp(role: AppRole, world: WorldSettings, more: MoreSettings): Promise<RunningApp> {
  const port = more.PORT === undefined ? await findFreePort() : Number(more.PORT);
  const url = `http://127.0.0.1:${port}`;
  const env = { ...appSettings(role, port, world), ...(more.FAILPOINT && soonOver), ...more };
  const program = await startProcess({ entry: bundleEntry(role), env, readyUrl: `${url}/readyz` });
  return { ...program, url };
}
