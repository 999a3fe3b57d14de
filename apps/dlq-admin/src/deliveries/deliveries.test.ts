import { newId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SeededThings, seedThings } from "../testing/seed-things.ts";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";

let dlq: TestDlq;
let things: SeededThings;
let theirs: SeededThings;
const payload = '{"email":"canary@example.com"}';

beforeAll(async () => {
  dlq = await startTestDlq();
  things = await seedThings(dlq, dlq.tenant, { payload, responseBody: '{"patient":"canary"}' });
  theirs = await seedThings(dlq, dlq.stranger);
  await insertDeliveries(7, 2);
  await insertDeliveries(3, 0);
});
afterAll(() => dlq.stop());

/** More deliveries of the tenant's subscription, each of an event of its own. */
async function insertDeliveries(count: number, status: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const eventId = newId(Date.now());
    await dlq.sql`insert into events (id, organization_id, type, source_service, occurred_at, body_bytes)
      values (${eventId}, ${dlq.tenant.organizationId}, 'order.made', 'test', now(), 2)`;
    await dlq.sql`insert into deliveries (id, organization_id, event_id, destination_id, status)
      values (${newId(Date.now())}, ${dlq.tenant.organizationId}, ${eventId}, ${things.subscriptionId}, ${status})`;
  }
}

const get = (path: string, key?: string) =>
  dlq.send("GET", `/admin/deliveries${path}`, key === undefined ? {} : { key });
const idsOf = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);

async function allPages(query: string, key?: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = "";
  for (let pages = 0; cursor !== null && pages < 30; pages++) {
    const { body } = await get(`?limit=3${query}${cursor && `&cursor=${cursor}`}`, key);
    ids.push(...idsOf(body));
    cursor = body.next_cursor;
  }
  expect(cursor).toBeNull();
  return ids;
}

describe("deliveries", () => {
  test("of one organization, of a subscription and of all are the same ones, each once, newest first", async () => {
    const own = await allPages("");
    expect(own).toHaveLength(11);
    expect(own).toEqual([...new Set(own)].sort().reverse());
    expect(await allPages(`&subscription_id=${things.subscription}`)).toEqual(own);
    expect(await allPages(`&organization_id=${dlq.tenant.organization}`, dlq.operator)).toEqual(own);
    expect(new Set(await allPages("", dlq.operator))).toEqual(new Set([...own, theirs.delivery]));
  });

  test.each([
    ["&status=failed", 1],
    ["&status=delivered", 7],
    ["&status=pending", 3],
    ["&status=retrying", 0],
    ["&type=order.paid", 1],
    ["&response_class=4xx", 1],
    ["&response_class=none", 10],
    ["&since=2099-01-01T00:00:00Z", 0],
    ["&subscription_id=sub_nonsense", 0],
    ["&consumer=nobody", 0],
  ])("are narrowed by %s to %i", async (query, count) => {
    expect(await allPages(query)).toHaveLength(count);
    expect(await allPages(`${query}&organization_id=${dlq.tenant.organization}`, dlq.operator)).toHaveLength(
      count,
    );
  });

  test.each(["type", "consumer"])(
    "are not looked for by a %s that Postgres could not take as text",
    async (name) => {
      expect((await get(`?${name}=%00`)).status).toBe(422);
    },
  );

  test("say where they go: to a subscription, or to a consumer by its name", async () => {
    const consumerId = newId(Date.now());
    await dlq.sql`insert into consumers (id, name) values (${consumerId}, 'doctors.profiles')`;
    const id = newId(Date.now());
    await dlq.sql`insert into deliveries (id, organization_id, event_id, destination_id, destination_kind, status)
      values (${id}, ${dlq.tenant.organizationId}, ${things.eventId}, ${consumerId}, 1, 2)`;
    const { body } = await get("?consumer=doctors.profiles");
    expect(body.data).toMatchObject([
      {
        id: publicId("dlv", id),
        consumer: "doctors.profiles",
        subscription_id: null,
        destination_name: "doctors.profiles",
      },
    ]);
    const one = await get(`/${things.delivery}`);
    expect(one.body).toMatchObject({
      subscription_id: things.subscription,
      consumer: null,
      destination_name: "EMR Sync",
    });
  });
});

describe("one delivery", () => {
  test("shows its attempts with headers, times and the next step; payload and response masked", async () => {
    const { body, text } = await get(`/${things.delivery}`);
    expect(body).toMatchObject({
      status: "failed",
      response_code: 422,
      payload: '{"email":"[string]"}',
      masked: true,
      attempt_history: [
        {
          n: 1,
          outcome: "http_4xx",
          duration_ms: 12,
          request_headers: { "webhook-id": "x" },
          response_headers: { "content-type": "text/plain" },
          response_body: '{"patient":"[string]"}',
          next_step: "failed",
        },
      ],
    });
    expect(text).not.toContain("canary");
  });

  test("shows them in the clear to an admin with a reason, audited on the organization's chain", async () => {
    const { body } = await dlq.send("GET", `/admin/deliveries/${things.delivery}?reveal=1&reason=ticket`, {
      key: dlq.operator,
    });
    expect(body).toMatchObject({
      payload,
      masked: false,
      attempt_history: [{ response_body: '{"patient":"canary"}' }],
    });
    const [row] =
      await dlq.sql`select organization_id, detail from audit_log where action = 'delivery.revealed'`;
    expect(row).toEqual({ organization_id: dlq.tenant.organizationId, detail: { reason: "ticket" } });
  });
});
