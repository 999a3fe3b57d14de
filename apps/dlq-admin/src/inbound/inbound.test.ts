import { randomBytes } from "node:crypto";
import { deadLetterAad } from "@carewire/bus";
import { newId, parsePublicId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SeededThings, seedThings } from "../testing/seed-things.ts";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";

let dlq: TestDlq;
let things: SeededThings;
const payload = '{"email":"canary@example.com","n":1}';

beforeAll(async () => {
  dlq = await startTestDlq();
  things = await seedThings(dlq, dlq.tenant, { payload });
  await seedThings(dlq, dlq.stranger);
});
afterAll(() => dlq.stop());

const get = (path: string, key?: string) =>
  dlq.send("GET", `/admin/inbound-requests${path}`, key === undefined ? {} : { key });
const replay = (id: string) =>
  dlq.send("POST", `/admin/inbound-requests/${id}/replay`, { body: { reason: "asked by support" } });

/** More requests of the tenant's source; resolves to their public ids, newest first. */
async function insertRequests(count: number, verdict: string, atMs = Date.now()): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({
    id: newId(atMs),
    organization_id: dlq.tenant.organizationId,
    source_id: things.sourceId,
    verdict,
    headers: "{}",
    body_hash: randomBytes(32),
    body_bytes: 3,
  }));
  for (let from = 0; from < rows.length; from += 5_000) {
    await dlq.sql`insert into inbound_requests ${dlq.sql(rows.slice(from, from + 5_000))}`;
  }
  return rows
    .map(({ id }) => publicId("inr", id))
    .sort()
    .reverse();
}

describe("inbound requests", () => {
  test("are listed newest first, by source and verdict, page by page, in either direction", async () => {
    const malformed = await insertRequests(5, "malformed");
    await insertRequests(3, "duplicate", Date.now() + 10);
    const ids: string[] = [];
    let cursor: string | null = "";
    for (let pages = 0; cursor !== null && pages < 10; pages++) {
      const { body } = await get(
        `?verdict=malformed&source_id=${things.source}&limit=2${cursor && `&cursor=${cursor}`}`,
      );
      ids.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    }
    expect(ids).toEqual(malformed);
    const first = await get("?limit=4");
    expect(first.body.data.map(({ verdict }) => verdict)).toEqual([
      "duplicate",
      "duplicate",
      "duplicate",
      "malformed",
    ]);
    const second = await get(`?limit=4&cursor=${first.body.next_cursor}`);
    const back = await get(`?limit=4&cursor=${second.body.prev_cursor}`);
    expect(back.body.data).toEqual(first.body.data);
    expect((await get(`?limit=4&verdict=accepted&cursor=${first.body.next_cursor}`)).status).toBe(400);
  });

  test("are narrowed by provider and time, and by organization for operators", async () => {
    expect((await get("?provider=nobody")).body.data).toEqual([]);
    expect((await get("?source_id=src_nonsense")).body.data).toEqual([]);
    expect((await get("?since=2099-01-01T00:00:00Z")).body.data).toEqual([]);
    expect((await get("?provider=%00")).status).toBe(422);
    const all = await get("?verdict=accepted", dlq.operator);
    expect(new Set(all.body.data.map((row) => row.organization_id)).size).toBe(2);
    const one = await get(`?verdict=accepted&organization_id=${dlq.stranger.organization}`, dlq.operator);
    expect(one.body.data).toHaveLength(1);
  });

  test("that are rare are found at once behind any number of others", async () => {
    await insertRequests(4_500, "accepted", Date.now() + 20);
    const { body } = await get(`?verdict=malformed&source_id=${things.source}`);
    expect([body.data.length, body.next_cursor]).toEqual([5, null]);
    expect((await get("?verdict=malformed", dlq.operator)).body.data).toHaveLength(5);
  });

  test("give a short page with a cursor where hardly any was accepted, and every match is found in the end", async () => {
    await insertRequests(4_500, "duplicate", Date.now() + 1_000);
    let [found, pages] = [0, 0];
    let cursor: string | null = "";
    for (; cursor !== null && pages < 60; pages++) {
      const path = `?verdict=accepted&source_id=${things.source}&limit=200${cursor && `&cursor=${cursor}`}`;
      const { body } = await get(path);
      found += body.data.length;
      if (pages === 0) expect([body.data, body.next_cursor]).toEqual([[], expect.any(String)]);
      cursor = body.next_cursor;
    }
    expect([found, cursor]).toEqual([4_501, null]);
  });
});

describe("one inbound request", () => {
  test("shows its headers, what came of it, and its body masked", async () => {
    const { body, text } = await get(`/${things.request}`);
    expect(body).toMatchObject({
      id: things.request,
      verdict: "accepted",
      source: { id: things.source, provider: "stripe" },
      headers: { "content-type": "application/json" },
      body: '{"email":"[string]","n":"[number]"}',
      masked: true,
      events: [{ id: publicId("evt", things.eventId), type: "order.paid" }],
      replay: "republish",
    });
    expect(text).not.toContain("canary");
  });

  test("shows its body in the clear to an admin with a reason, and that is audited", async () => {
    const { body } = await get(`/${things.request}?reveal=1&reason=ticket+12`);
    expect(body).toMatchObject({ body: payload, masked: false });
    expect((await dlq.auditOf("inbound_request.revealed")).at(-1)).toMatchObject({
      target: things.request,
      detail: { reason: "ticket 12" },
    });
    expect((await get(`/${things.request}?reveal=1`)).status).toBe(422);
  });

  test("finds its body with the event when it is kept there only, byte for byte", async () => {
    await dlq.sql`update inbound_requests set body = null where id = ${things.requestId}`;
    expect((await get(`/${things.request}?reveal=1&reason=x`)).body.body).toBe(payload);
  });
});

describe("replaying one", () => {
  test("that was accepted queues its events for routing once, and is audited with the reason", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => replay(things.request)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    const done = answers.find(({ status }) => status === 202);
    expect(done?.body).toEqual({ id: things.request, did: "republished", events: 1, dead_letter_id: null });
    const queued = await dlq.sql`select event_id, organization_id, type from route_queue`;
    expect(queued).toEqual([
      { event_id: things.eventId, organization_id: dlq.tenant.organizationId, type: "order.paid" },
    ]);
    const audited = await dlq.auditOf("inbound_request.replayed");
    expect(audited).toHaveLength(1);
    expect(audited[0]).toMatchObject({
      target: things.request,
      detail: { reason: "asked by support", events: 1 },
    });
  });

  test("waits for a subscription's filter to have looked at its events", async () => {
    await dlq.sql`delete from route_queue`;
    await dlq.sql`insert into filter_queue (subscription_id, event_id, organization_id)
      values (${things.subscriptionId}, ${things.eventId}, ${dlq.tenant.organizationId})`;
    expect((await replay(things.request)).status).toBe(409);
    await dlq.sql`delete from filter_queue`;
    expect((await replay(things.request)).status).toBe(202);
    await dlq.sql`delete from route_queue`;
  });

  test("reaches the consumers of its topic again", async () => {
    const seen: string[] = [];
    await dlq.startConsumer({
      consumer: "test.replayed",
      topics: ["cari.test.replayed"],
      handler: async (_tx, _envelope, { eventId }) => {
        seen.push(eventId);
        return undefined;
      },
    });
    const mine = await seedThings(dlq, dlq.tenant, { payload: '{"a":1}', type: "cari.test.replayed" });
    expect((await replay(mine.request)).status).toBe(202);
    // The test's router runs when something is published.
    await dlq.publish("cari.test.nothing", {});
    await expect.poll(() => seen).toEqual([mine.eventId]);
  });

  test("that could not be read gives its dead letter back to its ingress", async () => {
    const [id = ""] = await insertRequests(1, "malformed", Date.now() + 30);
    const letterId = newId(Date.now());
    const sealed = (await dlq.vault.dataKey(dlq.tenant.organizationId)).seal(
      deadLetterAad(letterId),
      Buffer.from("{}"),
    );
    const requestId = parsePublicId("inr", id);
    await dlq.sql`
      insert into dead_letters (id, organization_id, inbound_request_id, source_id, topic, cause, error, original_payload)
      values (${letterId}, ${dlq.tenant.organizationId}, ${requestId}, ${things.sourceId}, 'x.y', 'malformed', 'e', ${sealed})`;
    expect((await get(`/${id}`)).body).toMatchObject({
      replay: "map_again",
      dead_letter_id: publicId("dlq", letterId),
    });
    expect((await replay(id)).body).toMatchObject({
      did: "mapped_again",
      dead_letter_id: publicId("dlq", letterId),
    });
    expect(await dlq.sql`select status from dead_letters where id = ${letterId}`).toEqual([
      { status: "retrying" },
    ]);
    expect((await replay(id)).body).toMatchObject({
      status: 409,
      detail: expect.stringContaining("retrying"),
    });
  });

  test.each(["duplicate", "conflict", "malformed"])(
    "that was a %s of another does nothing: 409",
    async (verdict) => {
      const [id = ""] = await insertRequests(1, verdict, Date.now() + 40);
      expect((await replay(id)).status).toBe(409);
    },
  );

  test("whose payload was erased does nothing: 409", async () => {
    await dlq.sql`update event_payloads set body = null where id = ${things.eventId}`;
    expect((await replay(things.request)).status).toBe(409);
    expect(await dlq.sql`select * from route_queue where event_id = ${things.eventId}`).toEqual([]);
  });
});
