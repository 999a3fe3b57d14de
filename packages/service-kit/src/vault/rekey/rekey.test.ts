import { createSecretKey, randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { resourceAad } from "@carewire/bus";
import { migrations, verifyAuditChain } from "@carewire/db";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createVault, type VaultOptions } from "../create-vault.ts";
import { createIvPool } from "../iv-pool.ts";
import { issueDataKeys } from "./issue-data-keys.ts";
import { renewDataKeys } from "./renew-data-keys.ts";
import { resealColumn } from "./reseal.ts";
import { rewrapDataKeys } from "./rewrap-data-keys.ts";
import { agingColumns, lastingColumns } from "./sealed-columns.ts";

const [first, second] = ["first", "second"].map((id) => ({ id, key: createSecretKey(randomBytes(32)) })) as [
  VaultOptions["keyEncryptionKeys"][number],
  VaultOptions["keyEncryptionKeys"][number],
];
const nextIv = createIvPool(randomBytes);

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase(migrations);
});
afterEach(() => database.drop());

const vaultWith = (options: Partial<VaultOptions> = {}) =>
  createVault({ sql: database.sql, keyEncryptionKeys: [first], ...options });

async function createOrganization(): Promise<string> {
  const id = randomUUID();
  await database.sql`insert into organizations (id, name) values (${id}, 'Test clinic')`;
  return id;
}

/** A subscription with a secret and sealed columns, a dead letter and a resource; each holds its own name. */
async function fill(organizationId: string, vault = vaultWith()) {
  const { sql } = database;
  const [subscription, secret, letter] = [randomUUID(), randomUUID(), randomUUID()];
  const seal = (aad: string) => vault.seal(organizationId, aad, Buffer.from(aad));
  await sql`
    insert into subscriptions (id, organization_id, name, url, shard, created_by, sensitive_headers, endpoint_auth)
    values (${subscription}, ${organizationId}, 'x', 'https://example.com', 1, 'test',
      ${await seal(`subscriptions:${subscription}:sensitive_headers`)},
      ${await seal(`subscriptions:${subscription}:endpoint_auth`)})`;
  await sql`insert into subscription_secrets (id, organization_id, subscription_id, secret)
    values (${secret}, ${organizationId}, ${subscription}, ${await seal(`subscription_secrets:${secret}`)})`;
  await sql`insert into dead_letters (id, organization_id, topic, cause, error, original_payload)
    values (${letter}, ${organizationId}, 'x', 'schema', 'x', ${await seal(`dead_letters:${letter}`)})`;
  const retry = randomUUID();
  await sql`insert into dead_letter_retries (id, organization_id, dead_letter_id, payload, requested_by)
    values (${retry}, ${organizationId}, ${letter}, ${await seal(`dead_letter_retries:${retry}`)}, 'test')`;
  const resource = { organizationId, kind: "appointment", id: "a:1", version: 7 };
  await sql`insert into resources (organization_id, kind, resource_id, version, body, etag, event_id)
    values (${organizationId}, 'appointment', 'a:1', 7, ${await seal(resourceAad(resource))}, 'x', ${letter})`;
}

/** Every sealed value with the name it was sealed under. */
async function sealedValues(): Promise<{ organization_id: string; aad: string; blob: Buffer }[]> {
  return database.sql`
    select organization_id, 'subscription_secrets:' || id aad, secret blob from subscription_secrets
    union all select organization_id, 'subscriptions:' || id || ':sensitive_headers', sensitive_headers from subscriptions
    union all select organization_id, 'subscriptions:' || id || ':endpoint_auth', endpoint_auth from subscriptions
    union all select organization_id, 'dead_letters:' || id, original_payload from dead_letters
    union all select organization_id, 'dead_letter_retries:' || id, payload from dead_letter_retries
    union all select organization_id, 'resources:' || organization_id || ':appointment:a:1:7', body from resources`;
}

async function expectReadable(vault = vaultWith()): Promise<void> {
  const values = await sealedValues();
  expect(values.length).toBeGreaterThan(0);
  for (const { organization_id, aad, blob } of values) {
    expect((await vault.open(organization_id, aad, blob)).toString()).toBe(aad);
  }
}

const versions = async () => new Set((await sealedValues()).map(({ blob }) => blob.readUInt16BE(1)));

describe("a new key encryption key", () => {
  const rewrap = () => rewrapDataKeys(database.sql, { keyEncryptionKeys: [second, first], nextIv });

  it("takes over every data key, so that the old one can be removed", async () => {
    for (let n = 0; n < 5; n++) await fill(await createOrganization(), vaultWith({ sealsPerKeyMax: 2 }));
    const [before] = await database.sql`select count(*)::int n from data_keys`;
    expect(await rewrap()).toEqual({ changed: before?.n, unreadable: 0 });
    await expectReadable(vaultWith({ keyEncryptionKeys: [second] }));
    expect(await rewrap()).toEqual({ changed: 0, unreadable: 0 });
  });

  it("leaves everything readable meanwhile, to processes that have both", async () => {
    for (let n = 0; n < 3; n++) await fill(await createOrganization());
    const running = vaultWith({ keyEncryptionKeys: [second, first] });
    await expectReadable(running);
    const rewrapping = rewrap();
    await expectReadable(running);
    await rewrapping;
    await expectReadable(running);
    await expectReadable(vaultWith({ keyEncryptionKeys: [first, second] }));
  });

  it("says how many data keys it could not read, and does the others", async () => {
    await fill(await createOrganization(), vaultWith({ keyEncryptionKeys: [{ ...first, id: "lost" }] }));
    await fill(await createOrganization());
    expect(await rewrap()).toEqual({ changed: 1, unreadable: 1 });
  });

  it("may be started twice at once", async () => {
    for (let n = 0; n < 5; n++) await fill(await createOrganization());
    const counts = await Promise.all([rewrap(), rewrap()]);
    expect(counts[0].changed + counts[1].changed).toBe(5);
    await expectReadable(vaultWith({ keyEncryptionKeys: [second] }));
  });
});

describe("new data keys", () => {
  const renew = (memoryMs = 20) =>
    renewDataKeys(database.sql, {
      keyEncryptionKeys: [first],
      nextIv,
      random: randomBytes,
      now: new Date(),
      delay: (ms) => delay(ms),
      memoryMs,
      ageMsMin: 0,
    });

  it("seal whatever is kept without an end, and all of it stays readable", async () => {
    for (let n = 0; n < 3; n++) await fill(await createOrganization());
    await expectReadable();
    expect(await renew()).toEqual({ issued: 3, changed: 18, unreadable: 0 });
    expect(await versions()).toEqual(new Set([2]));
    await expectReadable();
  });

  it("are known to every process before the first one seals with them", async () => {
    const organizationId = await createOrganization();
    await fill(organizationId);
    let nowMs = 0;
    const remembers = vaultWith({ monotonicMs: () => nowMs });
    const read = await remembers.dataKey(organizationId);
    await issueDataKeys(database.sql, {
      keyEncryptionKeys: [first],
      nextIv,
      random: randomBytes,
      now: new Date(),
      ageMsMin: 0,
      activationMs: 60_000,
    });
    const early = await vaultWith().seal(organizationId, "row", Buffer.from("early"));
    expect(early.readUInt16BE(1)).toBe(1);
    expect(read.open("row", early).toString()).toBe("early");
    await database.sql`update data_keys set active_at = now() where version = 2`;
    nowMs = 60_000;
    const late = await vaultWith().seal(organizationId, "row", Buffer.from("late"));
    expect(late.readUInt16BE(1)).toBe(2);
    expect((await remembers.dataKey(organizationId)).open("row", late).toString()).toBe("late");
  });

  it("go on where they were stopped: no organization gets two", async () => {
    for (let n = 0; n < 3; n++) await fill(await createOrganization());
    const options = { keyEncryptionKeys: [first], nextIv, random: randomBytes, now: new Date() };
    const stopped = renewDataKeys(database.sql, {
      ...options,
      ageMsMin: 0,
      delay: () => Promise.reject(new Error("stopped")),
    });
    await expect(stopped).rejects.toThrow("stopped");
    expect(await versions()).toEqual(new Set([1]));
    const again = await renewDataKeys(database.sql, {
      ...options,
      delay: async () => void (await database.sql`update data_keys set active_at = now() where version = 2`),
    });
    expect(again).toEqual({ issued: 0, changed: 18, unreadable: 0 });
    await expectReadable();
  });

  it("do not overwrite a secret that was changed meanwhile", async () => {
    const organizationId = await createOrganization();
    await fill(organizationId);
    const vault = vaultWith({ sealsPerKeyMax: 1 });
    await vault.seal(organizationId, "x", Buffer.from("uses up the first data key"));
    const changed = await vault.seal(organizationId, "x", Buffer.from("somebody else's"));
    const [column] = lastingColumns;
    const racing = {
      ...vault,
      async seal(...what: Parameters<typeof vault.seal>) {
        await database.sql`update subscription_secrets set secret = ${changed}`;
        return vault.seal(...what);
      },
    };
    expect(await resealColumn(database.sql, racing, column!)).toEqual({ changed: 0, unreadable: 0 });
    const [row] = await database.sql`select secret from subscription_secrets`;
    expect(row?.secret.equals(changed)).toBe(true);
  });

  it("leave alone what does not open", async () => {
    const organizationId = await createOrganization();
    await fill(organizationId);
    await database.sql`update dead_letters set original_payload = set_byte(original_payload, 20, 0) || '\\x00'`;
    expect(await renew()).toEqual({ issued: 1, changed: 5, unreadable: 1 });
  });

  it("are on the organization's audit chain", async () => {
    const organizationId = await createOrganization();
    await fill(organizationId);
    await renew();
    expect(await database.sql`select actor, action, detail from audit_log`).toEqual([
      { actor: "rekey", action: "data_key.issued", detail: { version: 2 } },
    ]);
    expect(await verifyAuditChain(database.sql, organizationId)).toMatchObject({ ok: true });
  });
});

it("every column of bytes is sealed again, ages out, or is named here as not sealed with a data key", async () => {
  const notSealed = [
    "access_links.token_hash",
    "admin_sessions.token_hash",
    "api_keys.key_hash",
    "audit_anchors.hash",
    "audit_log.hash",
    "audit_log.previous_hash",
    "data_keys.wrapped_key",
    "idempotency.body_hash",
    "inbound_requests.body_hash",
    "leads.contact_hash",
    "mobile_payments.notif_token_hash",
    "sessions.token_hash",
  ];
  const rows = await database.sql<{ name: string }[]>`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and data_type = 'bytea' and table_name !~ '_([0-9]{8}|default)$'`;
  const known = [
    ...notSealed,
    ...agingColumns,
    ...lastingColumns.map(({ table, column }) => `${table}.${column}`),
  ];
  expect(rows.map(({ name }) => name).sort()).toEqual(known.sort());
});
