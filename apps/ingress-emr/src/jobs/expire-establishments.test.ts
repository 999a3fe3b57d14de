import { newId } from "@carewire/envelope";
import { createFakeClock, eventually } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createEstablishRegion } from "../handlers/establish-region.ts";
import { createEmrBench, type EmrBench } from "../testing/emr-bench.ts";
import { type ExpireDeps, expireEstablishments } from "./expire-establishments.ts";
import { startExpiryJob } from "./start-expiry-job.ts";

const nowMs = Date.UTC(2027, 0, 5);
const clock = createFakeClock(nowMs);

let bench: EmrBench;
let deps: ExpireDeps;

beforeAll(async () => {
  bench = await createEmrBench();
  deps = { ...bench.shared, clock };
});
beforeEach(async () => {
  await bench.sql`delete from customer_region_establishments`;
});
afterAll(() => bench.drop());

async function addOrganization(): Promise<string> {
  const id = newId(Date.now());
  await bench.sql`insert into organizations (id, name) values (${id}, 'test')`;
  return id;
}

/** Puts establishments in place, each of a customer of its own. */
async function establish(organizationId: string, count: number, expiresAtMs: number): Promise<void> {
  await bench.sql`
    insert into customer_region_establishments
      (id, organization_id, customer_id, region_code, established, established_at, expires_at, appointment_id)
    select uuidv7(), ${organizationId}, 'cus_' || uuidv7(), 'US-TX', true, '2026-01-05', ${new Date(expiresAtMs)}, 'appt_' || n
    from generate_series(1, ${count}) n`;
}

const stillEstablished = async (): Promise<number> =>
  (await bench.sql`select 1 from customer_region_establishments where established`).length;

test("what lapsed is told once, when it lapsed; what did not is left alone", async () => {
  const organizationId = await addOrganization();
  await establish(organizationId, 1, nowMs);
  await establish(organizationId, 1, nowMs + 1);
  expect(await expireEstablishments(deps)).toBe(1);
  expect(await expireEstablishments(deps)).toBe(0);
  expect(await bench.told(organizationId)).toMatchObject([
    {
      type: "compliance.establishment_expired",
      occurredAt: new Date(nowMs),
      data: { region_code: "US-TX", establishment: { established: false } },
    },
  ]);
  expect(await stillEstablished()).toBe(1);
});

test("more than a batch, of several organizations and by several workers at once: each is told once", async () => {
  const organizations = await Promise.all([addOrganization(), addOrganization()]);
  for (const organizationId of organizations) await establish(organizationId, 25, nowMs - 1_000);
  const small = { ...deps, batchMax: 10 };
  await Promise.all([1, 2, 3].map(() => expireEstablishments(small)));
  // A worker that found the lock taken leaves the rest for its next look.
  await expireEstablishments(small);
  for (const organizationId of organizations) {
    const subjects = (await bench.told(organizationId)).map(({ subject }) => subject);
    expect([subjects.length, new Set(subjects).size]).toEqual([25, 25]);
  }
  expect(await stillEstablished()).toBe(0);
});

test("a batch that fails before its commit leaves nothing told and nothing lost", async () => {
  const organizationId = await addOrganization();
  await establish(organizationId, 3, nowMs);
  const failpoint = (name: string): void => {
    if (name === "expiry.before_commit") throw new Error("stopped here");
  };
  expect(await expireEstablishments({ ...deps, failpoint })).toBe(0);
  expect(await bench.told(organizationId)).toEqual([]);
  expect(await expireEstablishments(deps)).toBe(3);
  expect(await bench.told(organizationId)).toHaveLength(3);
});

test("an organization whose data cannot be sealed does not hold up the others", async () => {
  const [broken, sound] = [await addOrganization(), await addOrganization()];
  for (const organizationId of [broken, sound]) await establish(organizationId, 1, nowMs);
  const vault = {
    dataKey: (organizationId: string) =>
      organizationId === broken
        ? Promise.reject(new Error("no key"))
        : bench.shared.vault.dataKey(organizationId),
  };
  expect(await expireEstablishments({ ...deps, vault })).toBe(1);
  expect(await bench.told(sound)).toHaveLength(1);
});

/** A call of a customer handled in a transaction of its own, as a consumer does. */
function handleCall(organizationId: string, customerId: string): Promise<void> {
  const handler = createEstablishRegion({ clock, validDays: 365 });
  const id = newId(Date.now());
  const payload = {
    event: "video_call.completed",
    patient_external_id: customerId,
    appointment_id: "appt_later",
    completed_at: new Date(nowMs + 60_000).toISOString(),
  } as const;
  const envelope = {
    id,
    topic: "cari.emr.test",
    timestamp: payload.completed_at,
    source_service: "test",
    payload,
  };
  return bench.sql.begin((tx) =>
    handler(tx, envelope, {
      organizationId,
      eventId: id,
      deliveryId: id,
      attempt: 1,
      payloadBytes: Buffer.from(JSON.stringify(payload)),
      signal: new AbortController().signal,
      publish: (drafts) => deps.publisher.publish(tx, drafts),
    }),
  );
}

test("a call that comes while the lapse is being told is told after it, whoever was first", async () => {
  const organizationId = await addOrganization();
  await establish(organizationId, 30, nowMs);
  const customers = await bench.sql<
    { id: string }[]
  >`select customer_id id from customer_region_establishments`;
  for (const { id } of customers) await bench.addCustomer(id, "US-TX", organizationId);
  const calls = customers.map(({ id }) => handleCall(organizationId, id));
  await Promise.all([
    ...calls,
    ...Array.from({ length: 5 }, () => expireEstablishments({ ...deps, batchMax: 3 })),
  ]);
  const told = await bench.told(organizationId);
  for (const { id } of customers) {
    const types = told.filter(({ subject }) => subject === id).map(({ type }) => type);
    expect(types).toEqual(["compliance.establishment_expired", "compliance.establishment_fulfilled"]);
  }
  expect(await stillEstablished()).toBe(30);
});

test("the job looks at once and again later, outlives a failing look, and stops when told", async () => {
  const organizationId = await addOrganization();
  await establish(organizationId, 1, nowMs);
  let looks = 0;
  const failing = { now: () => (++looks === 1 ? Number.NaN : nowMs) };
  const job = startExpiryJob({ ...deps, clock: failing, intervalMs: 5 });
  await job.registered;
  await eventually(async () => (await bench.told(organizationId)).length === 1);
  await job.stop();
  const stoppedAt = looks;
  await establish(organizationId, 1, nowMs);
  expect([job.inFlight(), looks]).toEqual([0, stoppedAt]);
});

test("a job that is told to stop finishes its batch and begins no other", async () => {
  const organizations = [await addOrganization(), await addOrganization()];
  for (const organizationId of organizations) await establish(organizationId, 3, nowMs);
  let stopped: Promise<void> | undefined;
  const failpoint = (name: string): void => {
    if (name === "expiry.after_commit") stopped ??= job.stop();
  };
  const job = startExpiryJob({ ...deps, failpoint, batchMax: 1, intervalMs: 5 });
  await eventually(async () => stopped !== undefined);
  await stopped;
  expect(await stillEstablished()).toBe(5);
});
