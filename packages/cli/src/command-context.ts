import type { CarewireClient } from "@carewire/sdk/client";
import type { ApiPlace, SendRequest } from "./api/request.ts";
import type { Settings } from "./config/settings.ts";
import type { CliEnv } from "./env.ts";
import type { Output } from "./output/output.ts";

/** What commands work with; made anew for each run, after the flags are known. */
export interface CommandContext {
  settings: Settings;
  env: CliEnv;
  cwd: string;
  output: Output;
  /** The API as the SDK knows it. */
  client(): CarewireClient;
  /** The API's address and key. */
  place(): ApiPlace;
  /** The API, for what the SDK has no method for. */
  api(): SendRequest;
  /** The same with another key. */
  apiAs(apiKey: string): SendRequest;
  /** dlq-admin. */
  admin(): SendRequest;
  fetch: typeof globalThis.fetch;
  /** Unix milliseconds. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Reads all of stdin. */
  readStdin(): Promise<string>;
  /** Aborted by Ctrl-C, once: the command comes to an end. */
  interrupted: AbortSignal;
  hostname: string;
}
