import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "@carewire/sdk/client";
import { createSendRequest } from "./api/request.ts";
import type { CommandContext } from "./command-context.ts";
import { type GlobalFlags, readSettings } from "./config/settings.ts";
import type { CliEnv } from "./env.ts";
import { createOutput } from "./output/output.ts";

export interface ContextDeps {
  env: CliEnv;
  cwd: string;
  interrupted: AbortSignal;
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Builds what a command works with, from the flags it was called with. */
export function createContext({ env, cwd, interrupted }: ContextDeps, flags: GlobalFlags): CommandContext {
  const settings = readSettings({ flags, env, cwd });
  const { stdout, stderr } = process;
  const { noColor, forceColor } = env;
  const output = createOutput({ stdout, stderr, json: flags.json === true, noColor, forceColor });
  const place = () => ({ url: settings.need("url"), apiKey: settings.need("apiKey"), fetch });
  return {
    ...{ settings, env, cwd, output, interrupted, fetch, place, readStdin },
    client: () => createClient({ baseUrl: settings.need("url"), apiKey: settings.need("apiKey") }),
    api: () => createSendRequest(place()),
    apiAs: (apiKey) => createSendRequest({ ...place(), apiKey }),
    admin: () => {
      const apiKey = settings.find("adminApiKey")?.value ?? settings.need("apiKey");
      return createSendRequest({ url: settings.need("adminUrl"), apiKey, fetch });
    },
    now: Date.now,
    random: Math.random,
    sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
    hostname: hostname(),
  };
}
