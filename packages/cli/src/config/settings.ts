import { join } from "node:path";
import type { CliEnv } from "../env.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { readConfigFile } from "./config-file.ts";
import { type DemoState, findDemoState } from "./demo-state.ts";
import { usableAddress } from "./usable-address.ts";
import { usableKey } from "./usable-key.ts";

/** Options that every command takes. */
export interface GlobalFlags {
  url?: string;
  apiKey?: string;
  adminUrl?: string;
  adminApiKey?: string;
  profile?: string;
  json?: boolean;
}

/** A setting, and who said so. */
export interface Setting {
  value: string;
  source: string;
}

export type SettingName = "url" | "apiKey" | "adminUrl" | "adminApiKey";

export interface Settings {
  profile: string;
  configFolder: string;
  /** The local stack whose checkout one is in, whether or not its addresses are the ones that are set. */
  demo: DemoState | null;
  /** What is known of a setting; null: nothing is. Throws when it cannot be what it should. */
  find(name: SettingName): Setting | null;
  /** The same, or an error that says how to give it. */
  need(name: SettingName): string;
}

const howTo: Record<SettingName, { flag: string; env: string; what: string }> = {
  url: { flag: "--url", env: "CAREWIRE_URL", what: "the API's address" },
  apiKey: { flag: "--api-key", env: "CAREWIRE_API_KEY", what: "an API key" },
  adminUrl: { flag: "--admin-url", env: "CAREWIRE_ADMIN_URL", what: "dlq-admin's address" },
  adminApiKey: {
    flag: "--admin-api-key",
    env: "CAREWIRE_ADMIN_API_KEY",
    what: "an API key with dlq:read, to act with dlq:write",
  },
};

function ofDemo(demo: DemoState | null, name: SettingName): string | undefined {
  switch (name) {
    case "url":
      return demo?.urls["subscriptions-api"];
    case "apiKey":
      return demo?.api_key;
    case "adminUrl":
      return demo?.urls["dlq-admin"];
    case "adminApiKey":
      return demo?.admin_api_key;
  }
}

const fileFields = {
  url: "url",
  apiKey: "api_key",
  adminUrl: "admin_url",
  adminApiKey: "admin_api_key",
} as const;

/**
 * Where settings come from, first one first: flags, environment, configuration file, a local stack. That counts as a whole
 * or not at all: its keys do not go to other addresses, and nobody else's settings are completed by its addresses.
 */
export function readSettings({
  flags,
  env,
  cwd,
}: {
  flags: GlobalFlags;
  env: CliEnv;
  cwd: string;
}): Settings {
  const profile = flags.profile ?? env.profile ?? "default";
  const configFolder = env.configFolder ?? join(env.home ?? cwd, ".config", "carewire");
  const demo = findDemoState(cwd);
  const kept = readConfigFile(configFolder).profiles[profile];
  if (kept === undefined && profile !== "default") {
    const message = `There is no profile ${profile}. Make it with: carewire login --profile ${profile} --url …`;
    if (flags.url === undefined) throw new CliError(message, exitCodes.usage);
  }

  function given(name: SettingName): Setting | null {
    const { flag, env: variable } = howTo[name];
    const fromFile = kept?.[fileFields[name]];
    if (flags[name] !== undefined) return { value: flags[name], source: flag };
    if (env[name] !== undefined) return { value: env[name], source: variable };
    return fromFile === undefined ? null : { value: fromFile, source: `profile ${profile}` };
  }

  const isElsewhere = (name: SettingName) =>
    (given(name)?.value ?? ofDemo(demo, name)) !== ofDemo(demo, name);
  const stack = isElsewhere("url") || isElsewhere("adminUrl") ? null : demo;

  function look(name: SettingName): Setting | null {
    const fromStack = ofDemo(stack, name);
    if (fromStack === undefined) return given(name);
    return given(name) ?? { value: fromStack, source: "local stack (.carewire/demo.json)" };
  }

  function find(name: SettingName): Setting | null {
    const found = look(name);
    if (found === null) return null;
    if (name.endsWith("Key")) usableKey(found.value, found.source);
    else usableAddress(found.value, found.source);
    return found;
  }

  return {
    ...{ profile, configFolder, demo, find },
    need(name) {
      const found = find(name);
      if (found !== null) return found.value;
      const { flag, env: variable, what } = howTo[name];
      const orStack =
        demo === stack
          ? "run carewire login, or start a local stack with npm start."
          : "or run carewire login. The local stack is left out, as another address is set.";
      throw new CliError(`This needs ${what}: give ${flag}, set ${variable}, ${orStack}`, exitCodes.usage);
    },
  };
}
