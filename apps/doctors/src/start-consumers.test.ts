import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import {
  type Consumption,
  consumerShard,
  createPublisher,
  createWaker,
  type Vault,
  wakeChannel,
} from "@carewire/bus";
import { migrations } from "@carewire/db";
import { newId, systemClock } from "@carewire/envelope";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startConsumers } from "./start-consumers.ts";

/** AES-256-GCM with a key per organization, derived so that nothing has to be stored. */
const vault: Vault = {
  async dataKey(organizationId) {
    const key = createHash("sha256").update(organizationId).digest();
    return {
      seal(aad, bytes) {
        const nonce = randomBytes(12);
        const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(aad));
        return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
      },
      open(aad, blob) {
        const sealed = Buffer.from(blob);
        const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
        decipher.setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(-16));
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      },
    };
  },
};
const publisher = createPublisher({ vault });
const organizationId = newId(systemClock.now());
let database: TestDatabase;
let consumers: Consumption[] = [];

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  const { sql } = database;
  consumers = startConsumers({
    sql,
    listen: sql,
    vault,
    publisher,
    waker: createWaker({ notify: sql }),
    clock: systemClock,
    random: Math.random,
    logger: { info() {}, warn() {}, error() {} },
    concurrency: 2,
    pollMs: 200,
  });
  await Promise.all(consumers.map((consumer) => consumer.registered));
});
afterAll(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await database.drop();
});

/** Publishes an event and routes it as the dispatcher does; `times` deliveries of it, as if it were announced twice. */
async function send(type: string, payload: object, times = 1): Promise<string> {
  const { sql } = database;
  const id = newId(systemClock.now());
  const occurredAt = new Date(systemClock.now());
  const body = Buffer.from(JSON.stringify(payload));
  await publisher.publish(sql, [{ id, organizationId, type, sourceService: "cari-test", occurredAt, body }]);
  await sql`
    with matched as materialized (
      select uuidv7() id, r.organization_id, r.event_id, c.consumer_id from route_queue r
      join consumer_topics c on c.topic = r.type cross join generate_series(1, ${times}::int)),
    routed as (delete from route_queue),
    made as (insert into deliveries (id, organization_id, event_id, destination_id, destination_kind)
      select id, organization_id, event_id, consumer_id, 1 from matched)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
    select id, organization_id, event_id, consumer_id, ${consumerShard} from matched`;
  await sql.notify(wakeChannel, "consumers");
  return id;
}

const ended = (eventId: string) =>
  eventually(async () => {
    const rows = await database.sql`select status from deliveries where event_id = ${eventId}`;
    return rows.length > 0 && rows.every((row) => row.status === 2 || row.status === 3) && rows;
  });

const registered = (userId: string, role = "DOCTOR") => ({
  user_id: userId,
  email: `${userId}@hospital.org`,
  first_name: "Sarah",
  last_name: "Chen",
  registration_role: role,
});
const added = (userId: string) => ({ user_id: userId, organization_id: "org-uuid", role: "ORG:DOCTOR" });

const profilesOf = (userId: string) => database.sql`select * from doctor_profiles where user_id = ${userId}`;
const membershipsOf = (userId: string) => database.sql`
  select m.role, m.member_of, p.user_id linked from doctor_memberships m
  left join doctor_profiles p on p.id = m.doctor_profile_id where m.user_id = ${userId}`;

test("a registered doctor gets one profile, however often the event is delivered", async () => {
  await ended(await send("cari.auth.user_created", registered("doctor-1"), 3));
  await ended(await send("cari.auth.user_created", registered("doctor-1")));
  expect(await profilesOf("doctor-1")).toMatchObject([
    {
      organization_id: organizationId,
      email: "doctor-1@hospital.org",
      first_name: "Sarah",
      last_name: "Chen",
    },
  ]);
});

test("users of other roles get none", async () => {
  const rows = await ended(await send("cari.auth.user_created", registered("patient-1", "PATIENT")));
  expect(rows).toEqual([{ status: 2 }]);
  expect(await profilesOf("patient-1")).toHaveLength(0);
});

test("a membership that arrives after the profile is linked to it", async () => {
  await ended(await send("cari.auth.user_created", registered("doctor-2")));
  await ended(await send("cari.organization.member_added", added("doctor-2"), 2));
  expect(await membershipsOf("doctor-2")).toEqual([
    { role: "ORG:DOCTOR", member_of: "org-uuid", linked: "doctor-2" },
  ]);
});

test("a membership that arrives before the profile waits for it, and is linked when it comes", async () => {
  await ended(await send("cari.organization.member_added", added("doctor-3")));
  expect(await membershipsOf("doctor-3")).toMatchObject([{ linked: null }]);
  await ended(await send("cari.auth.user_created", registered("doctor-3")));
  expect(await membershipsOf("doctor-3")).toMatchObject([{ linked: "doctor-3" }]);
});

test("an event without an email is a dead letter in the words of seed 1", async () => {
  const { email: _email, ...payload } = registered("doctor-4");
  const id = await send("cari.auth.user_created", payload);
  expect(await ended(id)).toEqual([{ status: 3 }]);
  expect(
    await database.sql`select consumer, topic, cause, error from dead_letters where event_id = ${id}`,
  ).toEqual([
    {
      consumer: "doctors.profiles",
      topic: "cari.auth.user_created",
      cause: "schema",
      error: "Failed to parse envelope: missing field 'email'",
    },
  ]);
});
