import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import { createIvPool, type RekeyCount, renewDataKeys, rewrapDataKeys } from "@carewire/service-kit";
import { readRekeyEnv } from "./env.ts";

// node rekey.ts [--new-data-keys]; see docs/security.md.
const env = readRekeyEnv();
const newDataKeys = process.argv.includes("--new-data-keys");
const say = (line: string) => process.stdout.write(`${line}\n`);
const sql = connect({ url: env.DATABASE_URL, max: 2, applicationName: "rekey" });
const keys = { keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS, nextIv: createIvPool(randomBytes) };

function report(what: string, { changed, unreadable }: RekeyCount): void {
  say(`${what}: ${changed} done, ${unreadable} left because they could not be read`);
  if (unreadable > 0) process.exitCode = 1;
}

report("data keys under the first key of KEY_ENCRYPTION_KEYS", await rewrapDataKeys(sql, keys));
if (newDataKeys) {
  say("new data keys: waiting some minutes, until every process knows them");
  const renewal = await renewDataKeys(sql, {
    ...keys,
    random: randomBytes,
    now: new Date(systemClock.now()),
    delay: (ms) => delay(ms),
  });
  say(`new data keys: ${renewal.issued} organizations`);
  report("secrets and other lasting values under new data keys", renewal);
}
await sql.end({ timeout: 5 });
