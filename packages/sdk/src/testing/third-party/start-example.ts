import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** One of the examples, running. */
export interface RunningExample {
  /** Where it takes webhooks. */
  url: string;
  /** What it printed since. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a receiver of packages/sdk/examples on a free port, with the secret it is to verify with. */
export async function startExample(name: string, secret: string): Promise<RunningExample> {
  const file = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
  const env = { PATH: "", PORT: "0", CAREWIRE_SECRET: secret };
  const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let text = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", () => reject(new Error(`${name} ended before it listened`)));
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const [address] = /^http:\S+(?=\n)/.exec(text) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  return {
    url,
    output: () => text.slice(text.indexOf("\n") + 1),
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
