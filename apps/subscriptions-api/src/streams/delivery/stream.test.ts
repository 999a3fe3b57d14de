import { parsePublicId } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { parseVerifyingSecret, verifyStandardWebhook } from "@carewire/verifiers";
import { afterAll, expect, test } from "vitest";
import { routeTo } from "../../testing/route-to.ts";
import { startTestApi } from "../../testing/start-test-api.ts";
import { answered, createStreamTests, expectReceived, received } from "../../testing/stream-tests.ts";

const api = await startTestApi();
const { makeStream, listen, report, statusOf, dropAll } = createStreamTests(api);

afterAll(async () => {
  dropAll();
  await api.stop();
});

test("what is due arrives byte for byte and signed, and a good answer ends it", async () => {
  const { id, secret } = await makeStream({ headers: { "x-own": "yes" } });
  const stream = await listen(id);
  const [delivery] = await routeTo(api, id);
  const [data] = await expectReceived(stream, 1);
  expect(data).toMatchObject({
    delivery_id: delivery,
    event_type: "order.paid",
    attempt: 1,
    timeout_ms: 15_000,
  });
  const body = Buffer.from(String(data?.body), "base64");
  expect(body.toString()).toContain('"text":"é\u2028 1.0"');
  const headers = Object.fromEntries(data?.headers as [string, string][]);
  expect(headers).toMatchObject({
    "x-own": "yes",
    "content-type": "application/json",
    "user-agent": "Carewire/1",
  });
  const parsed = parseVerifyingSecret(secret);
  if (!parsed.ok) throw new Error("the secret is none");
  const input = { rawBody: body, headers, secrets: [parsed.key], nowMs: Date.now() };
  expect(verifyStandardWebhook(input)).toMatchObject({ ok: true, id: data?.event_id });
  expect(headers["webhook-id"]).toBe(data?.event_id);

  const { body: settled } = await report(id, [answered(data)]);
  expect(settled.data).toEqual([
    {
      delivery_id: delivery,
      in_force: true,
      recorded: true,
      status: "delivered",
      reason: "answered 200",
      next_retry_at: null,
    },
  ]);
  expect(await statusOf(delivery)).toBe("delivered");
  const { body: attempts } = await api.send("GET", `/v1/deliveries/${delivery}/attempts`);
  expect(attempts.data).toHaveLength(1);
  expect(attempts.data).toMatchObject([
    {
      n: 1,
      outcome: "http_2xx",
      response_code: 200,
      duration_ms: 12,
      response_body: "thanks",
      response_headers: { "content-type": "text/plain" },
      request_headers: { "webhook-id": data?.event_id, "x-own": "yes" },
    },
  ]);
});

test("an outcome is taken however large the headers are that its message carries", async () => {
  const { id } = await makeStream({ headers: { "x-own": "v".repeat(4_000) } });
  const stream = await listen(id);
  await routeTo(api, id);
  const [data] = await expectReceived(stream, 1);
  expect((await report(id, [answered(data)])).body.data).toMatchObject([{ in_force: true, recorded: true }]);
});

test("as many outcomes as a stream may have under way are taken at once, with answers as long as are kept", async () => {
  const { id } = await makeStream();
  const stream = await listen(id, "?max_in_flight=64");
  await routeTo(api, id, 64);
  const came = await expectReceived(stream, 64);
  const body = Buffer.alloc(4_096, "long ").toString("base64");
  const outcomes = came.map((data) => {
    const outcome = answered(data);
    return { ...outcome, answer: { ...outcome.answer, body } };
  });
  const { status, body: settled } = await report(id, outcomes);
  expect(status).toBe(200);
  expect(settled.data).toHaveLength(64);
});

test("nobody listens: deliveries are held; somebody does: they come, oldest first", async () => {
  const { id } = await makeStream();
  const held = await routeTo(api, id, 5);
  expect(await statusOf(held[0])).toBe("held");
  const stream = await listen(id);
  const came = await expectReceived(stream, 5);
  expect(came.map((data) => data.delivery_id)).toEqual(held);
  const [audited] =
    await api.sql`select 1 from audit_log where action = 'subscription.stream_opened' and target = ${id}`;
  expect(audited).toBeDefined();
});

test("a failure is tried again by the schedule, a fault is told as what it was, and the last one ends it", async () => {
  const { id } = await makeStream({ max_retries: 1 });
  const stream = await listen(id);
  const [delivery] = await routeTo(api, id);
  const [first] = await expectReceived(stream, 1);
  const again = await report(id, [answered(first, 500)]);
  expect(again.body.data).toMatchObject([{ status: "retrying", reason: "answered 500; retry 1 of 1" }]);
  const [, second] = await expectReceived(stream, 2);
  expect(second).toMatchObject({ delivery_id: delivery, attempt: 2 });
  const { delivery_id, lease } = second ?? {};
  const last = await report(id, [{ delivery_id, lease, duration_ms: 1, fault: "connect" }]);
  expect(last.body.data).toMatchObject([{ status: "failed", next_retry_at: null }]);
  const { body } = await api.send("GET", `/v1/deliveries/${delivery}/attempts`);
  expect(body.data).toMatchObject([
    { outcome: "network_connect", response_code: null },
    { outcome: "http_5xx" },
  ]);
  const [told] = await api.sql`select 1 from events where type = 'message.attempt.exhausted'`;
  expect(told).toBeDefined();
});

test("what a dropped connection had comes again on the next; an outcome that is reported first still counts", async () => {
  const { id } = await makeStream();
  const stream = await listen(id);
  const [one, two] = await routeTo(api, id, 2);
  const [first] = await expectReceived(stream, 2);
  stream.drop();
  await eventually(async () => {
    const rows = await api.sql`
      select 1 from delivery_queue where id = ${parsePublicId("dlv", String(two))} and lease_until <= now()`;
    return rows.length === 1;
  });
  expect((await report(id, [answered(first)])).body.data).toMatchObject([
    { in_force: true, status: "delivered" },
  ]);
  const next = await listen(id);
  const [again] = await expectReceived(next, 1);
  expect(again).toMatchObject({ delivery_id: two, attempt: 2 });
  expect(received(next).map((data) => data.delivery_id)).not.toContain(one);
  await report(id, [answered(again)]);
  const { body } = await api.send("GET", `/v1/deliveries/${two}/attempts`);
  expect(body.data).toMatchObject([
    { n: 2, outcome: "http_2xx" },
    { n: 1, outcome: "lost" },
  ]);
});

test("a newer connection takes the stream over, with all the older one had; late and repeated outcomes change nothing", async () => {
  const { id } = await makeStream();
  const older = await listen(id);
  const [delivery] = await routeTo(api, id);
  const [stale] = await expectReceived(older, 1);
  const newer = await listen(id);
  await older.ended;
  expect(older.messages.at(-1)).toMatchObject({ event: "end", data: { reason: "replaced" } });
  const [fresh] = await expectReceived(newer, 1);
  expect(fresh).toMatchObject({ delivery_id: delivery, attempt: 2 });
  expect((await report(id, [answered(stale, 500)])).body.data).toMatchObject([
    { in_force: false, recorded: false },
  ]);
  const first = await report(id, [answered(fresh)]);
  expect(first.body.data).toMatchObject([{ in_force: true, recorded: true }]);
  const again = await report(id, [answered(fresh)]);
  expect(again.body.data).toMatchObject([{ in_force: false, recorded: true }]);
  const { body } = await api.send("GET", `/v1/deliveries/${delivery}/attempts`);
  expect(body.data).toHaveLength(2);
  expect(await statusOf(delivery)).toBe("delivered");
});

test("only so many are on their way at once; each answer makes room", async () => {
  const { id } = await makeStream();
  const stream = await listen(id, "?max_in_flight=2");
  await routeTo(api, id, 5);
  await expectReceived(stream, 2);
  for (let done = 0; done < 5; done++) {
    expect(received(stream).length).toBeLessThanOrEqual(done + 2);
    const data = await eventually(() => received(stream)[done]);
    await report(id, [answered(data)]);
  }
  const open =
    await api.sql`select 1 from deliveries where destination_id = ${parsePublicId("sub", id)} and status <> 2`;
  expect(open).toEqual([]);
});
