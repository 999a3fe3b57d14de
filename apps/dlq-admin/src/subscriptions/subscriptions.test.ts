import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SeededThings, seedThings } from "../testing/seed-things.ts";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";

let dlq: TestDlq;
let first: SeededThings;
let broken: SeededThings;
let paused: SeededThings;
let theirs: SeededThings;

beforeAll(async () => {
  dlq = await startTestDlq();
  first = await seedThings(dlq, dlq.tenant);
  broken = await seedThings(dlq, dlq.tenant, { url: "https://broken.example.com/100%_in?key=s3cret" });
  paused = await seedThings(dlq, dlq.tenant);
  theirs = await seedThings(dlq, dlq.stranger);
  await dlq.sql`insert into endpoint_state (subscription_id, organization_id, breaker, consecutive_failures, failing_since)
    values (${broken.subscriptionId}, ${dlq.tenant.organizationId}, 'open', 12, now())`;
  await dlq.sql`update subscriptions set active = false, disabled_reason = 'paused' where id = ${paused.subscriptionId}`;
});
afterAll(() => dlq.stop());

const get = (path: string, key?: string) =>
  dlq.send("GET", `/admin/subscriptions${path}`, key === undefined ? {} : { key });
const idsOf = async (query: string, key?: string) =>
  (await get(query, key)).body.data.map(({ id }: { id: string }) => id);

describe("subscriptions", () => {
  test("of every organization are an operator's to see, a tenant sees its own", async () => {
    const own = [paused, broken, first].map(({ subscription }) => subscription);
    expect(await idsOf("")).toEqual(own);
    expect(await idsOf("", dlq.operator)).toEqual([theirs.subscription, ...own]);
    expect(await idsOf(`?organization_id=${dlq.stranger.organization}`, dlq.operator)).toEqual([
      theirs.subscription,
    ]);
  });

  test.each([
    ["?active=false", () => [paused]],
    ["?breaker=open", () => [broken]],
    ["?breaker=closed", () => [paused, first]],
    ["?q=emr", () => [paused, broken, first]],
    ["?q=BROKEN.example", () => [broken]],
    ["?q=100%25_in", () => [broken]],
    ["?q=100_", () => []],
    ["?q=s3cret", () => []],
  ])("are narrowed by %s", async (query, expected) => {
    expect(await idsOf(query)).toEqual(expected().map(({ subscription }) => subscription));
  });

  test("show how their endpoint is doing, and of its address nothing that may be a secret", async () => {
    const { body, text } = await get("?breaker=open");
    expect(body.data[0]).toMatchObject({
      url: "https://broken.example.com/100%_in?…",
      breaker: "open",
      consecutive_failures: 12,
      organization_name: "tenant",
    });
    expect(text).not.toContain("s3cret");
  });
});

test("one subscription shows what became of its newest deliveries and what waits", async () => {
  await dlq.sql`insert into delivery_queue (id, organization_id, event_id, destination_id, shard, due_at)
    values (${first.deliveryId}, ${dlq.tenant.organizationId}, ${first.eventId}, ${first.subscriptionId}, 3,
      now() - interval '1 minute')`;
  const { body } = await get(`/${first.subscription}`);
  expect(body).toMatchObject({
    id: first.subscription,
    lately: { deliveries: 1, failed: 1, delivered: 0, success_rate: 0 },
    queued: { count: 1, complete: true, oldest_due_at: expect.any(String) },
  });
  expect((await get("/sub_nonsense")).status).toBe(404);
});
