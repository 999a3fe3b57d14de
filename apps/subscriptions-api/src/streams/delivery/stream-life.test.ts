import { randomUUID } from "node:crypto";
import { parsePublicId } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, expect, test } from "vitest";
import type { SubscriptionRow } from "../../subscriptions/subscription-row.ts";
import { routeTo } from "../../testing/route-to.ts";
import { startTestApi } from "../../testing/start-test-api.ts";
import { answered, createStreamTests, expectReceived } from "../../testing/stream-tests.ts";
import { claimForStream } from "./claim-stream.ts";
import { holdForsaken, leaveStream, renewStreams, takeStream } from "./stream-rows.ts";

const api = await startTestApi();
const { makeStream, listen, report, statusOf, dropAll } = createStreamTests(api);

afterAll(async () => {
  dropAll();
  await api.stop();
});

test("pausing stops the flow, resuming sends what came meanwhile; a ping is answered", async () => {
  const { id } = await makeStream();
  const stream = await listen(id);
  await api.send("POST", `/v1/subscriptions/${id}/pause`, { body: {} });
  const [held] = await routeTo(api, id);
  expect(await statusOf(held)).toBe("held");
  await api.probes.close();
  const pinged = api.send("POST", `/v1/subscriptions/${id}/ping`, { body: {} });
  const [ping] = await expectReceived(stream, 1);
  expect(ping?.event_type).toBe("webhook.ping");
  await report(id, [answered(ping, 204)]);
  expect((await pinged).body).toMatchObject({ delivered: true, attempt: { response_code: 204 } });
  await api.send("POST", `/v1/subscriptions/${id}/resume`, { body: {} });
  const came = await expectReceived(stream, 2);
  expect(came[1]).toMatchObject({ delivery_id: held });
});

test("a stream that nobody came back to is held again, with what its last reader had", async () => {
  const { id } = await makeStream();
  const stream = await listen(id);
  const [delivery] = await routeTo(api, id);
  await expectReceived(stream, 1);
  stream.drop();
  const subscriptionId = parsePublicId("sub", id);
  await eventually(async () => {
    const rows = await api.sql`
      update streams set expires_at = now() where subscription_id = ${subscriptionId} and expires_at < now() + interval '16 s'
      returning 1`;
    return rows.length === 1;
  });
  await holdForsaken(api.sql, (error) => expect(error).toBeUndefined());
  expect(await statusOf(delivery)).toBe("held");
  const [later] = await routeTo(api, id);
  expect(await statusOf(later)).toBe("held");
  expect(await api.sql`select 1 from delivery_queue where destination_id = ${subscriptionId}`).toEqual([]);
  const back = await listen(id);
  expect((await expectReceived(back, 2)).map((data) => data.delivery_id)).toEqual([delivery, later]);
});

test("what a connection asks for after its end finds nothing: it leases and renews no more", async () => {
  const { id } = await makeStream();
  const subscriptionId = parsePublicId("sub", id) as string;
  const [row] = await api.sql`select * from subscriptions where id = ${subscriptionId}`;
  const { organizationId } = api.tenant;
  const place = { organizationId, subscriptionId, connectionId: randomUUID() };
  await api.sql.begin((tx) => takeStream(tx, row as SubscriptionRow, place.connectionId));
  await routeTo(api, id);
  await leaveStream(api.sql, place);
  const late = { ...place, max: 1, leaseMs: 60_000 };
  expect(await api.sql.begin((tx) => claimForStream(tx, late))).toBeNull();
  expect(await renewStreams(api.sql, [place])).toEqual(new Set());
  await leaveStream(api.sql, place);
  const [queued] = await api.sql`
    select lease_token, attempts from delivery_queue where destination_id = ${subscriptionId}`;
  expect(queued).toEqual({ lease_token: null, attempts: 0 });
});

test("a deleted subscription ends its stream, and what its reader had is cancelled", async () => {
  const { id } = await makeStream();
  const stream = await listen(id);
  const [had] = await routeTo(api, id);
  await expectReceived(stream, 1);
  await api.send("DELETE", `/v1/subscriptions/${id}`);
  expect(await statusOf(had)).toBe("cancelled");
  const subscriptionId = parsePublicId("sub", id);
  expect(await api.sql`select 1 from delivery_queue where destination_id = ${subscriptionId}`).toEqual([]);
  await routeTo(api, (await makeStream()).id);
  await stream.ended;
  expect(stream.messages.at(-1)).toMatchObject({ event: "end", data: { reason: "gone" } });
});

test("an erased payload ends as failed without anybody's doing", async () => {
  const { id } = await makeStream();
  const [delivery] = await routeTo(api, id);
  await api.sql`
    update event_payloads set body = null
    where id = (select event_id from deliveries where id = ${parsePublicId("dlv", String(delivery))})`;
  await listen(id);
  await eventually(async () => (await statusOf(delivery)) === "failed");
});

test("an event that is gone ends as failed, and nothing is published that could not say what it was", async () => {
  const { id } = await makeStream();
  const [delivery] = await routeTo(api, id);
  await api.sql`
    delete from event_payloads
    where id = (select event_id from deliveries where id = ${parsePublicId("dlv", String(delivery))})`;
  await listen(id);
  await eventually(async () => (await statusOf(delivery)) === "failed");
  // Published in the transaction that ended the delivery: what is not there now does not come.
  const published = await api.sql`
    select 1 from events e join deliveries d on d.event_id = e.caused_by
    where d.id = ${parsePublicId("dlv", String(delivery))} and e.type = 'message.attempt.exhausted'`;
  expect(published).toEqual([]);
});

test("refuses what makes no sense, and changes nothing", async () => {
  const { id } = await makeStream();
  const other = await makeStream();
  const stream = await listen(id);
  const [delivery] = await routeTo(api, id);
  const [data] = await expectReceived(stream, 1);
  const wrongLease = { ...answered(data), lease: "forged" };
  expect((await report(id, [wrongLease])).status).toBe(422);
  expect((await report(other.id, [answered(data)])).status).toBe(422);
  expect((await report(id, [{ ...answered(data), fault: "dns" }])).status).toBe(422);
  expect(await statusOf(delivery)).toBe("pending");
  expect((await listen("sub_nothing")).status).toBe(404);
  expect((await listen(id, "", api.stranger.key)).status).toBe(404);
  expect((await listen(id, "?max_in_flight=999")).status).toBe(422);
  const { key } = await api.tenant.createKey({ scopes: ["deliveries:read"] });
  expect((await listen(id, "", key)).status).toBe(403);
  const http = await api.send("POST", "/v1/subscriptions", {
    body: { name: "x", url: "https://hooks.example.com/" },
  });
  expect((await listen(String(http.body.id))).status).toBe(409);
  for (const body of [
    { name: "x" },
    { name: "x", transport: "stream", url: "https://hooks.example.com/" },
    { name: "x", transport: "stream", endpoint_auth: { type: "bearer", token: "t" } },
    { name: "x", transport: "carrier-pigeon" },
  ]) {
    expect((await api.send("POST", "/v1/subscriptions", { body })).status).toBe(422);
  }
  const toUrl = { body: { url: "https://hooks.example.com/" } };
  expect((await api.send("PATCH", `/v1/subscriptions/${id}`, toUrl)).status).toBe(422);
  expect((await api.send("PATCH", `/v1/subscriptions/${id}`, { body: { name: "renamed" } })).status).toBe(
    200,
  );
  expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({
    url: null,
    transport: "stream",
  });
});
