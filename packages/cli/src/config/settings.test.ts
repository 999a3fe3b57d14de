import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { CliEnv } from "../env.ts";
import { CliError } from "../exit-codes.ts";
import { writeConfigFile } from "./config-file.ts";
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
  JSON.stringify({ api_key: "cw_demo", urls: { "subscriptions-api": "http://127.0.0.1:4000" } }),
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
