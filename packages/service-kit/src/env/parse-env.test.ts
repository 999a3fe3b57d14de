import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { parseEnv } from "./parse-env.ts";
import {
  keyEncryptionKeysSchema,
  listSchema,
  redisUrlSchema,
  secretListSchema,
  serviceEnvShape,
} from "./schemas.ts";

const folder = mkdtempSync(join(tmpdir(), "carewire-env-"));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = z.object({
  ...serviceEnvShape(4000),
  REDIS_URL: redisUrlSchema,
  KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema,
  STRIPE_WEBHOOK_SECRET: secretListSchema,
  EGRESS_ALLOW: listSchema,
});

const key = Buffer.alloc(32, 7).toString("base64");
const valid = {
  DATABASE_URL: "postgres://user:pw@127.0.0.1:5432/carewire",
  KEY_ENCRYPTION_KEYS: `2026a:${key}`,
  STRIPE_WEBHOOK_SECRET: "whsec_new, whsec_old",
};

describe("settings", () => {
  it("have types and strict defaults", () => {
    const parsed = parseEnv(schema, { ...valid, EGRESS_ALLOW: "receiver, 10.0.0.0/8" });
    expect(parsed).toMatchObject({
      ok: true,
      env: {
        PORT: 4000,
        CAREWIRE_ENV: "production",
        SHUTDOWN_TIMEOUT_MS: 10_000,
        KEY_ENCRYPTION_KEYS: [{ id: "2026a" }],
        STRIPE_WEBHOOK_SECRET: ["whsec_new", "whsec_old"],
        EGRESS_ALLOW: ["receiver", "10.0.0.0/8"],
      },
    });
  });

  it("report every problem at once, by name", () => {
    const parsed = parseEnv(schema, { PORT: "http", CAREWIRE_ENV: "staging", KEY_ENCRYPTION_KEYS: "short" });
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems.map((problem) => problem.split(":")[0]).sort()).toEqual([
      "CAREWIRE_ENV",
      "DATABASE_URL",
      "KEY_ENCRYPTION_KEYS",
      "PORT",
      "STRIPE_WEBHOOK_SECRET",
    ]);
    expect(problems).toContain("DATABASE_URL: is required");
  });

  it("never appear in a problem", () => {
    const canary = "CANARY";
    const wrong = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, `${canary},:`]));
    const parsed = parseEnv(schema, { ...wrong, STRIPE_WEBHOOK_SECRET: "," });
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain(canary);
  });

  it("count as absent when empty", () => {
    expect(parseEnv(schema, { ...valid, REDIS_URL: "", PORT: "" })).toMatchObject({
      ok: true,
      env: { PORT: 4000 },
    });
    expect(parseEnv(schema, { ...valid, STRIPE_WEBHOOK_SECRET: "" }).ok).toBe(false);
  });

  it("may come from a file, without its last line break", () => {
    const file = join(folder, "secret");
    writeFileSync(file, "whsec_from_file\n");
    const parsed = parseEnv(schema, {
      ...valid,
      STRIPE_WEBHOOK_SECRET: undefined,
      STRIPE_WEBHOOK_SECRET_FILE: file,
    });
    expect(parsed).toMatchObject({ ok: true, env: { STRIPE_WEBHOOK_SECRET: ["whsec_from_file"] } });
  });

  it("are refused when given twice or from a file that cannot be read, once each", () => {
    const twice = parseEnv(schema, { ...valid, DATABASE_URL_FILE: join(folder, "url") });
    expect(twice).toEqual({
      ok: false,
      problems: ["DATABASE_URL: set either DATABASE_URL or DATABASE_URL_FILE, not both"],
    });
    const unreadable = parseEnv(schema, {
      ...valid,
      DATABASE_URL: undefined,
      DATABASE_URL_FILE: join(folder, "none"),
    });
    expect(unreadable).toEqual({ ok: false, problems: ["DATABASE_URL_FILE: the file cannot be read"] });
  });

  it.each([`a:${key},a:${key}`, `a:${key},`, `${key}`, `a:${key.slice(4)}`, ""])(
    "accept %j as key encryption keys only when each is named once and has 32 bytes",
    (text) => {
      const parsed = parseEnv(z.object({ KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema }), {
        KEY_ENCRYPTION_KEYS: text,
      });
      expect(parsed.ok).toBe(text === `a:${key},`);
    },
  );
});
