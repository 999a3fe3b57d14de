import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findFreePort, startProcess } from "@carewire/testkit";

/** A bundled app, running as in production. */
export interface App {
  pid: number;
  url: string;
  /** Stops it in its tracks, connections and all, until `resume`. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export interface AppOptions {
  /** Folder in apps/. */
  app: string;
  /** Default: `main`. */
  role?: "main" | "worker";
  env: Record<string, string>;
}

/** Starts apps/<app>/dist/<role>.mjs on a free port of 127.0.0.1 and waits until it is ready. */
export async function startApp({ app, role = "main", env }: AppOptions): Promise<App> {
  const entry = fileURLToPath(new URL(`../../../../apps/${app}/dist/${role}.mjs`, import.meta.url));
  if (!existsSync(entry)) {
    throw new Error(`${entry} is missing: run \`npm run bench\`, or build the apps first (pnpm build).`);
  }
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const program = await startProcess({
    entry,
    env: { HOST: "127.0.0.1", CAREWIRE_ENV: "local", LOG_LEVEL: "error", ...env, PORT: String(port) },
    readyUrl: `${url}/readyz`,
  });
  return {
    pid: program.pid,
    url,
    pause: () => program.kill("SIGSTOP"),
    resume: () => program.kill("SIGCONT"),
    async stop() {
      // Nothing of its work is needed any more, so there is nothing to drain.
      program.kill("SIGKILL");
      await program.exited;
      const output = program.output().trim();
      if (output) process.stderr.write(`${app} said:\n${output.slice(-2_000)}\n`);
    },
  };
}
