import { createInterface } from "node:readline";
import { createSendRequest } from "../api/request.ts";
import type { CommandContext } from "../command-context.ts";
import { type Profile, readConfigFile, writeConfigFile } from "../config/config-file.ts";
import type { Setting } from "../config/settings.ts";
import { usableKey } from "../config/usable-key.ts";
import { CliError, exitCodes } from "../exit-codes.ts";

/** Reads a line from the terminal without showing it; "" when it was closed (Ctrl-D). Rejects at Ctrl-C. */
function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  // What is typed is echoed by readline through its output; it has none.
  const lines = createInterface({ input: stdin, terminal: true });
  return new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    lines.once("close", () => resolve(""));
    // A terminal in raw mode sends Ctrl-C as a character; no signal comes.
    lines.once("SIGINT", () => reject(new CliError("Interrupted; nothing was kept.", exitCodes.interrupted)));
    // Not before: until then the terminal itself shows what is typed.
    stderr.write(question);
  }).finally(() => {
    lines.close();
    stderr.write("\n");
  });
}

const givenBy = new Set([
  ...["--api-key", "CAREWIRE_API_KEY", "--admin-url", "CAREWIRE_ADMIN_URL"],
  ...["--admin-api-key", "CAREWIRE_ADMIN_API_KEY"],
]);

/** Whether a setting comes from whoever calls, not from what was kept or from a local stack. */
const wasGiven = (setting: Setting | null): setting is Setting =>
  setting !== null && givenBy.has(setting.source);

async function readKey(context: CommandContext): Promise<string> {
  const given = context.settings.find("apiKey");
  if (wasGiven(given)) return given.value;
  const key = (process.stdin.isTTY ? await askHidden("API key: ") : await context.readStdin()).trim();
  if (key !== "") return usableKey(key, "what was entered");
  throw new CliError(
    "Give the API key on standard input, with --api-key, or in CAREWIRE_API_KEY.",
    exitCodes.usage,
  );
}

/** `carewire login`: keeps an address and a key that were tried, readable by their owner only. */
export async function login(context: CommandContext): Promise<void> {
  const { settings, output, fetch } = context;
  const url = settings.need("url");
  const apiKey = await readKey(context);
  await createSendRequest({ url, apiKey, fetch })({ method: "GET", path: "/v1/session" });
  const config = readConfigFile(settings.configFolder);
  const adminUrl = settings.find("adminUrl");
  const adminApiKey = settings.find("adminApiKey");
  const profile: Profile = {
    url,
    api_key: apiKey,
    ...(wasGiven(adminUrl) ? { admin_url: adminUrl.value } : {}),
    ...(wasGiven(adminApiKey) ? { admin_api_key: adminApiKey.value } : {}),
  };
  config.profiles[settings.profile] = { ...config.profiles[settings.profile], ...profile };
  const file = writeConfigFile(settings.configFolder, config);
  output.result(
    { profile: settings.profile, url, file },
    () => `Profile ${settings.profile} of ${url} is kept in ${file}.`,
  );
}

/** `carewire logout`: forgets a profile. */
export function logout({ settings, output }: CommandContext): void {
  const config = readConfigFile(settings.configFolder);
  delete config.profiles[settings.profile];
  const file = writeConfigFile(settings.configFolder, config);
  output.result({ profile: settings.profile, file }, () => `Profile ${settings.profile} is forgotten.`);
}

const masked = (key: string): string => (key.startsWith("cw_") ? `${key.slice(0, 12)}…` : "********");

/** `carewire config`: what is set, and who said so; keys only by how they begin. */
export function showConfig({ settings, output }: CommandContext): void {
  const shown = (["url", "apiKey", "adminUrl", "adminApiKey"] as const).map((name) => {
    const found = settings.find(name);
    const value = found === null ? null : name.endsWith("Key") ? masked(found.value) : found.value;
    return { setting: name, value, source: found?.source ?? "not set" };
  });
  output.result({ profile: settings.profile, settings: shown }, () =>
    shown
      .map(
        ({ setting, value, source }) =>
          `${setting.padEnd(12)}  ${value ?? "-"}  ${output.colors.dim(`(${source})`)}`,
      )
      .join("\n"),
  );
}
