import { eventTypes, topics } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toldTopics } from "./handlers/tell-subscribers.ts";
import { startConsumers } from "./start-consumers.ts";
import { createEmrBench, type EmrBench } from "./testing/emr-bench.ts";

const videoCalls = "cari.emr.video_call_completed";
const call = topics.get(videoCalls)?.sample as Record<string, string>;

let bench: EmrBench;
let consumers: ReturnType<typeof startConsumers>;
let sequence = 0;

beforeAll(async () => {
  bench = await createEmrBench();
  consumers = startConsumers(bench.shared, { validDays: 365, expiryIntervalMs: 86_400_000 });
  await Promise.all(consumers.map((consumer) => consumer.registered));
});
afterAll(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await bench.drop();
});

const callOf = (customerId: string, more: object = {}) => ({
  ...call,
  patient_external_id: customerId,
  appointment_id: `appt_${++sequence}`,
  ...more,
});
const deliver = async (payload: object) => bench.settled(await bench.deliver(videoCalls, payload));
const toldOf = async (customerId: string) =>
  (await bench.told()).filter(({ subject }) => subject === customerId);
const lettersOf = (eventId: string) =>
  bench.sql`select consumer, cause, error, attempts from dead_letters where event_id = ${eventId}`;

test("a completed call establishes its customer in the region of the address, told once in seed 2's shape", async () => {
  await bench.addCustomer("cus_first", "US-TX");
  const payload = callOf("cus_first");
  expect(await deliver(payload)).toBe(2);
  expect(await deliver(payload)).toBe(2);
  const rows = await bench.sql`
    select region_code, established, established_at, expires_at, appointment_id, provider_id
    from customer_region_establishments where customer_id = 'cus_first'`;
  expect(rows).toEqual([
    {
      region_code: "US-TX",
      established: true,
      established_at: new Date("2026-01-04T22:30:00Z"),
      expires_at: new Date("2027-01-04T22:30:00Z"),
      appointment_id: payload.appointment_id,
      provider_id: "dr_abc",
    },
  ]);
  const told = await toldOf("cus_first");
  expect(told).toMatchObject([
    {
      type: "compliance.establishment_fulfilled",
      data: { customer_id: "cus_first", region_code: "US-TX", establishment: { established: true } },
    },
  ]);
  expect(told[0]?.data.establishment?.id).toMatch(/^est_[0-9a-z]{26}$/);
});

test("a customer who moved is established in the new region as well", async () => {
  await bench.addCustomer("cus_moving", "US-TX");
  await deliver(callOf("cus_moving"));
  await bench.addCustomer("cus_moving", "US-CA");
  await deliver(callOf("cus_moving", { completed_at: "2026-02-04T22:30:00Z" }));
  expect((await toldOf("cus_moving")).map(({ data }) => data.region_code)).toEqual(["US-TX", "US-CA"]);
});

test("a call that nobody's customer made is a dead letter at once, and its retry works once the customer exists", async () => {
  const eventId = await bench.deliver(videoCalls, callOf("cus_unknown"));
  expect(await bench.settled(eventId)).toBe(3);
  expect(await lettersOf(eventId)).toMatchObject([
    { consumer: "ingress-emr.establish-region", cause: "lookup_failed", attempts: 1 },
  ]);
  await bench.addCustomer("cus_unknown", "FR-IDF");
  await bench.retry(eventId);
  expect(await bench.settled(eventId)).toBe(2);
  expect(await toldOf("cus_unknown")).toMatchObject([{ data: { region_code: "FR-IDF" } }]);
  const letters = await bench.sql`select status from dead_letters where event_id = ${eventId}`;
  expect(letters).toEqual([{ status: "resolved" }]);
});

test("a customer without an address is a dead letter that says so, without an id in its words", async () => {
  await bench.addCustomer("cus_homeless", null);
  const eventId = await bench.deliver(videoCalls, callOf("cus_homeless"));
  expect(await bench.settled(eventId)).toBe(3);
  const [letter] = await lettersOf(eventId);
  expect(letter).toMatchObject({ cause: "lookup_failed", error: expect.stringContaining("no address") });
  expect(letter?.error).not.toContain("cus_homeless");
});

test("ten calls of one customer at once are told once", async () => {
  await bench.addCustomer("cus_busy", "US-NY");
  const minutes = Array.from({ length: 10 }, (_, n) =>
    callOf("cus_busy", { completed_at: `2026-01-04T22:3${n}:00Z` }),
  );
  await Promise.all(minutes.map(deliver));
  expect(await toldOf("cus_busy")).toHaveLength(1);
  const [row] = await bench.sql`
    select established_at from customer_region_establishments where customer_id = 'cus_busy'`;
  expect(row?.established_at).toEqual(new Date("2026-01-04T22:39:00Z"));
});

test("a payload without what its topic promises is dead-lettered, without an effect", async () => {
  const eventId = await bench.deliver(videoCalls, callOf("cus_first", { completed_at: "yesterday" }));
  expect(await bench.settled(eventId)).toBe(3);
  expect(await lettersOf(eventId)).toMatchObject([{ cause: "schema" }]);
});

test("a call completed in the future, whoever published it, does not outrank the real ones", async () => {
  await bench.addCustomer("cus_ahead", "US-TX");
  const completed_at = new Date(Date.now() + 2 * 86_400_000).toISOString();
  const eventId = await bench.deliver(videoCalls, callOf("cus_ahead", { completed_at }));
  expect(await bench.settled(eventId)).toBe(3);
  expect(await lettersOf(eventId)).toMatchObject([{ cause: "schema" }]);
  expect(await deliver(callOf("cus_ahead"))).toBe(2);
  expect(await toldOf("cus_ahead")).toHaveLength(1);
});

test("every topic of clinical and scheduling work is told, and none of them twice", async () => {
  expect([...toldTopics].sort()).toEqual([
    "cari.clinical.clinical_record_updated",
    "cari.clinical.lab_result_received",
    "cari.clinical.prescription_created",
    "cari.scheduling.appointment_booked",
    "cari.scheduling.appointment_cancelled",
    "cari.scheduling.appointment_created",
    "cari.scheduling.appointment_rescheduled",
  ]);
  const rows = await bench.sql<{ topic: string; consumers: number }[]>`
    select topic, count(*)::int consumers from consumer_topics group by topic`;
  expect(rows.every(({ consumers }) => consumers === 1)).toBe(true);
});

test.each(toldTopics)("the sample of %s is told under its public type, as it is", async (topic) => {
  const entry = topics.get(topic);
  const before = (await bench.told()).length;
  expect(await bench.settled(await bench.deliver(topic, entry?.sample ?? {}))).toBe(2);
  const [told] = (await bench.told()).slice(before);
  expect(told).toMatchObject({ type: entry?.publicType, data: entry?.sample, occurredAt: new Date(0) });
  expect(Object.values(entry?.sample ?? {})).toContain(told?.subject);
  expect(eventTypes.get(String(told?.type))?.schema.safeParse(told?.data).success).toBe(true);
});

test("what is told keeps every byte of what was published: long numbers, trailing zeros, what no double holds", async () => {
  const text = '{"record_id":"r","patient_id":"p","accession":12345678901234567890,"value":5.10,"big":1e400}';
  const before = (await bench.told()).length;
  expect(await bench.settled(await bench.deliver("cari.clinical.clinical_record_updated", text))).toBe(2);
  expect((await bench.told()).slice(before).map((told) => told.text)).toEqual([text]);
});
