import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError, exitCodes } from "../exit-codes.ts";

/** What a profile keeps. */
export interface Profile {
  url?: string;
  api_key?: string;
  admin_url?: string;
  admin_api_key?: string;
}

export interface ConfigFile {
  profiles: Record<string, Profile>;
}

const nameOf = (folder: string) => join(folder, "config.json");

/** Reads the configuration file; an absent one is empty. Throws when it cannot be used, or when others can read it. */
export function readConfigFile(folder: string): ConfigFile {
  const file = nameOf(folder);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return { profiles: {} };
  }
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) {
    throw new CliError(
      `${file} holds API keys and others can read it. Run: chmod 600 ${file}`,
      exitCodes.usage,
    );
  }
  try {
    const parsed = JSON.parse(text) as Partial<ConfigFile>;
    return { profiles: parsed.profiles ?? {} };
  } catch {
    throw new CliError(
      `${file} is not JSON. Correct it, or remove it and run: carewire login`,
      exitCodes.usage,
    );
  }
}

/** Writes the configuration file, readable by its owner only; readers see the old one or the new one. */
export function writeConfigFile(folder: string, config: ConfigFile): string {
  const file = nameOf(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
  return file;
}
