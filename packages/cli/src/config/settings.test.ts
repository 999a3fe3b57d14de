import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { CliEnv } from "../env.ts";
import { CliError } from "../exit-codes.ts";
import { type ConfigFile, type Profile, writeConfigFile } from "./config-file.ts";
import { readSettings } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "carewire-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const configFolder = join(folder, "config");
const checkout = join(folder, "checkout");
const deep = join(checkout, "packages", "deep");
mkdirSync(join(checkout, ".carewire"), { recursive: true });
mkdirSync(deep, { recursive: true });
writeFileSync(
  join(checkout, ".carewire", "demo.json"),
  JSON.stringify({
    api_key: "cw_demo",
    admin_api_key: "cw_demo_admin",
    urls: { "subscriptions-api": "http://127.0.0.1:4000", "dlq-admin": "http://127.0.0.1:4020" },
  }),
);

const env = (more: Partial<CliEnv> = {}): CliEnv => ({
  ...{ url: undefined, apiKey: undefined, adminUrl: undefined, adminApiKey: undefined, profile: undefined },
  ...{ home: folder, configFolder, databaseUrl: undefined, noColor: false, forceColor: false, inherited: {} },
  secret: () => undefined,
  ...more,
});

test("flags go before the environment, that before the profile, and that before a local stack", () => {
  const read = (flags: object, more: Partial<CliEnv> = {}) =>
    readSettings({ flags, env: env(more), cwd: deep }).find("url");
  expect(read({})).toEqual({
    value: "http://127.0.0.1:4000",
    source: expect.stringContaining("local stack"),
  });
  writeConfigFile(configFolder, {
    profiles: { default: { url: "https://kept.example", api_key: "cw_kept" } },
  });
  expect(read({})).toEqual({ value: "https://kept.example", source: "profile default" });
  expect(read({}, { url: "https://env.example" })?.value).toBe("https://env.example");
  expect(read({ url: "https://flag.example" }, { url: "https://env.example" })?.value).toBe(
    "https://flag.example",
  );
});

const names = ["url", "apiKey", "adminUrl", "adminApiKey"] as const;
/** Every setting's value in the checkout, without any profile but `kept`. */
function valuesWith(flags: object, more: Partial<CliEnv>, kept?: Profile) {
  const profiles: ConfigFile["profiles"] = kept === undefined ? {} : { prod: kept };
  const folderOfProfiles = mkdtempSync(join(folder, "profiles-"));
  writeConfigFile(folderOfProfiles, { profiles });
  const { find } = readSettings({
    flags: { ...flags, ...(kept === undefined ? {} : { profile: "prod" }) },
    env: env({ ...more, configFolder: folderOfProfiles }),
    cwd: deep,
  });
  return names.map((name) => find(name)?.value ?? null);
}
const stack = ["http://127.0.0.1:4000", "cw_demo", "http://127.0.0.1:4020", "cw_demo_admin"];
const prod = "https://prod.example";

test.each<[string, object, Partial<CliEnv>, Profile | undefined, (string | null)[]]>([
  ["nothing else is set", {}, {}, undefined, stack],
  ["the same address is set", { url: stack[0] }, {}, undefined, stack],
  ["a key is set", {}, { apiKey: "cw_own" }, undefined, [stack[0] ?? "", "cw_own", ...stack.slice(2)]],
  ["a flag says another API", { url: prod }, {}, undefined, [prod, null, null, null]],
  ["the environment says another API", {}, { url: prod }, undefined, [prod, null, null, null]],
  ["a profile says another API", {}, {}, { url: prod, api_key: "cw_kept" }, [prod, "cw_kept", null, null]],
  ["another dlq-admin is set", { adminUrl: prod }, {}, undefined, [null, null, prod, null]],
])("a local stack counts as a whole or not at all: %s", (_, flags, more, kept, expected) => {
  expect(valuesWith(flags, more, kept)).toEqual(expected);
});

test("what is missing beside a local stack that another address shuts out is said to be", () => {
  const { need } = readSettings({
    flags: { url: prod },
    env: env({ configFolder: join(folder, "none") }),
    cwd: deep,
  });
  expect(() => need("apiKey")).toThrow(/--api-key.*The local stack is left out/);
});

test("a profile that is not there is said to be missing", () => {
  expect(() => readSettings({ flags: { profile: "nowhere" }, env: env(), cwd: folder })).toThrow(
    /carewire login --profile nowhere/,
  );
});

test("without any setting it is said how to give one", () => {
  const settings = readSettings({ flags: {}, env: env({ configFolder: join(folder, "none") }), cwd: folder });
  expect(() => settings.need("apiKey")).toThrow(/--api-key.*CAREWIRE_API_KEY.*carewire login.*npm start/);
});

test("what is kept is its owner's alone, and a file that others can read is refused", () => {
  const file = writeConfigFile(configFolder, { profiles: { default: { api_key: "cw_secret" } } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toContain("cw_secret");
  chmodSync(file, 0o644);
  const read = () => readSettings({ flags: {}, env: env(), cwd: folder });
  expect(read).toThrow(CliError);
  expect(read).toThrow(/chmod 600/);
});

test.each(["cw_live_a\nb", "cw_live_ü", "cw_live_a b"])(
  "a key that no header can carry is refused and not repeated",
  (key) => {
    const { find, need } = readSettings({
      flags: {},
      env: env({ apiKey: key, configFolder: join(folder, "none") }),
      cwd: folder,
    });
    for (const look of [find, need]) {
      expect(() => look("apiKey")).toThrow(/^The API key from CAREWIRE_API_KEY holds (?![\s\S]*cw_live)/);
    }
  },
);

test.each([
  ["garbage-SECRET", /is no address such as https/],
  ["localhost:4000/SECRET", /is no address/],
  ["http://user:SECRET@127.0.0.1:4000", /must not hold a user, a password/],
  ["http://127.0.0.1:4000/?key=SECRET", /a query/],
])("an address that cannot be used is refused and not repeated: %s", (url, message) => {
  const { find } = readSettings({
    flags: { url },
    env: env({ configFolder: join(folder, "none") }),
    cwd: folder,
  });
  expect(() => find("url")).toThrow(message);
  expect(() => find("url")).toThrow(/^(?!.*SECRET).*--url/);
});
