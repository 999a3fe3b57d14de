import { createPublisher, type EventDraft, operationalEvent, type Publisher } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { type AttemptRecord, recordAnnounced } from "@carewire/delivery";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { claimAll, expireLeases, publishRouted, recordOf } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";

let bench: DeliveryBench;
let deps: { sql: Sql; publisher: Publisher };

beforeAll(async () => {
  bench = await createDeliveryBench();
  deps = { sql: bench.sql, publisher: createPublisher(bench) };
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  await bench.subscribe();
});

const notice = (): EventDraft =>
  operationalEvent({
    type: "endpoint.disabled",
    organizationId: bench.organizationId,
    accountId: null,
    subscriptionId: bench.organizationId,
    payload: { url_origin: "https://example.com", reason: "test" },
    sourceService: "test",
    nowMs: Date.now(),
  });

async function failedRecords(count: number): Promise<AttemptRecord[]> {
  await publishRouted(bench, count);
  const { deliveries } = await claimAll(bench);
  return deliveries.map((delivery) => recordOf(delivery, { nextStep: "failed", announces: notice() }));
}

const told = () => bench.sql`select id from events where type = 'endpoint.disabled'`;
const failed = async () => (await bench.deliveries()).filter(({ status }) => status === "failed");

test("what tells of outcomes is stored with them", async () => {
  const records = await failedRecords(3);
  expect(await recordAnnounced(deps, records)).toEqual({ applied: 3, published: 3 });
  expect(await told()).toHaveLength(3);
  expect(await failed()).toHaveLength(3);
});

test("a batch that is sent again, because nobody knows whether it was committed, tells nothing twice", async () => {
  const records = await failedRecords(2);
  await recordAnnounced(deps, records);
  expect(await recordAnnounced(deps, records, { repeated: true })).toEqual({ applied: 0, published: 0 });
  expect(await told()).toHaveLength(2);
});

test("an outcome whose lease was taken over tells nothing: the delivery goes on", async () => {
  const records = await failedRecords(1);
  await expireLeases(bench);
  await claimAll(bench);
  expect(await recordAnnounced(deps, records)).toEqual({ applied: 0, published: 0 });
  expect(await told()).toHaveLength(0);
});

test("neither is stored without the other", async () => {
  const records = await failedRecords(1);
  const publish = () => Promise.reject(new Error("no"));
  await expect(recordAnnounced({ ...deps, publisher: { publish } }, records)).rejects.toThrow("no");
  expect(await told()).toHaveLength(0);
  expect(await failed()).toHaveLength(0);
  expect(await bench.sql`select id from attempts`).toHaveLength(0);
});
