import { publicId } from "@carewire/envelope";
import { verify } from "@carewire/sdk";
import { type Receiver, type RecordedRequest, startReceiver } from "@carewire/testkit";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench, type SubscriptionDraft } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let dispatcher: RunningDispatcher;
let receiver: Receiver;

beforeAll(async () => {
  bench = await createDeliveryBench();
  dispatcher = await startDispatcher(bench);
});
afterAll(async () => {
  await dispatcher.stop();
  await bench.close();
});
beforeEach(async () => {
  await bench.reset();
  receiver = await startReceiver();
  return () => receiver.close();
});

const subscribe = (draft: SubscriptionDraft = {}) =>
  bench.subscribe({ url: `${receiver.url}/hook?k=1`, ...draft });

async function receiveOne(): Promise<RecordedRequest> {
  await bench.wake();
  return (await receiver.waitFor(1, patienceMs))[0] as RecordedRequest;
}

describe("the body", () => {
  test("is the envelope, byte for byte", async () => {
    const { id } = await subscribe();
    const occurredAt = new Date("2026-03-01T12:00:00.250Z");
    const eventId = await bench.publish({ data: '{"amount":1}', occurredAt });
    const { body } = await receiveOne();
    expect(body.toString()).toBe(
      `{"id":"${publicId("evt", eventId)}","type":"order.paid","created_at":"2026-03-01T12:00:00.250Z",` +
        `"data":{"amount":1},"metadata":{"api_version":"1.0","webhook_subscription_id":"${publicId("sub", id)}"}}`,
    );
  });

  test.each([
    ["a number past 2^53", '{"n":9007199254740993,"f":1.10}'],
    ["duplicate keys", '{"a":1,"a":2}'],
    ["an escaped NUL", '{"nul":"\\u0000"}'],
    ["unicode", '{"name":"Zoë 🩺 \u2028"}'],
    ["blanks and line ends", '{ "a" :\r\n\t[ 1 ] }'],
    ["64 KiB", `{"x":"${"y".repeat(65_536)}"}`],
  ])("carries data with %s untouched", async (_name, data) => {
    await subscribe();
    await bench.publish({ data });
    const { body } = await receiveOne();
    expect(body.includes(Buffer.from(`"data":${data},"metadata":{`))).toBe(true);
  });
});

describe("the headers", () => {
  test("are exactly these, in this order: nothing else goes out", async () => {
    await subscribe();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const eventId = await bench.publish({ traceparent });
    const request = await receiveOne();
    expect(request.method).toBe("POST");
    expect(request.path).toBe("/hook?k=1");
    const pairs = request.rawHeaders.flatMap((name, i, all) => (i % 2 ? [] : [[name, all[i + 1] ?? ""]]));
    expect(pairs).toEqual([
      ["host", `127.0.0.1:${receiver.port}`],
      ["connection", "keep-alive"],
      ["content-type", "application/json"],
      ["user-agent", "Carewire/1"],
      ["webhook-id", publicId("evt", eventId)],
      ["webhook-timestamp", expect.stringMatching(/^\d{10}$/)],
      ["webhook-signature", expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/)],
      ["traceparent", traceparent],
      ["content-length", String(request.body.length)],
    ]);
    const ageSeconds = request.receivedAtMs / 1_000 - Number(request.headers["webhook-timestamp"]);
    expect(Math.abs(ageSeconds)).toBeLessThan(5);
  });

  test("hold no traceparent when the event has none", async () => {
    await subscribe();
    await bench.publish();
    expect((await receiveOne()).headers).not.toHaveProperty("traceparent");
  });

  test("show the publisher's own id as webhook-id, and so does the body", async () => {
    await subscribe();
    await bench.publish({ externalId: "inv_2026-17" });
    const { headers, body } = await receiveOne();
    expect(headers["webhook-id"]).toBe("inv_2026-17");
    expect(JSON.parse(body.toString()).id).toBe("inv_2026-17");
  });
});

describe("the signature", () => {
  const signed = ({ headers }: RecordedRequest) => ({
    "webhook-id": String(headers["webhook-id"]),
    "webhook-timestamp": String(headers["webhook-timestamp"]),
    "webhook-signature": String(headers["webhook-signature"]),
  });

  test("is accepted by standardwebhooks, svix and our SDK, and by none of them after one byte changed", async () => {
    const { secrets } = await subscribe();
    const secret = secrets[0] ?? "";
    await bench.publish({ data: '{"name":"Zoë"}' });
    const request = await receiveOne();
    const body = request.body.toString();
    const headers = signed(request);
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: "order.paid" });
    expect(() => new SvixWebhook(secret).verify(body, headers)).not.toThrow();
    expect(verify(request.body, headers, secret)).toMatchObject({ ok: true, id: headers["webhook-id"] });
    const changed = body.replace("order.paid", "order.said");
    expect(() => new Webhook(secret).verify(changed, headers)).toThrow();
    expect(() => new SvixWebhook(secret).verify(changed, headers)).toThrow();
    expect(verify(changed, headers, secret)).toMatchObject({ ok: false });
  });

  test("is made with every secret in force during a rotation, so old and new receivers both accept it", async () => {
    const subscription = await subscribe();
    await bench.publish();
    await receiveOne();
    await bench.rotateSecret(subscription);
    await bench.publish();
    await bench.wake();
    const request = (await receiver.waitFor(2, patienceMs))[1] as RecordedRequest;
    expect(signed(request)["webhook-signature"].split(" ")).toHaveLength(2);
    for (const secret of subscription.secrets) {
      expect(() => new Webhook(secret).verify(request.body.toString(), signed(request))).not.toThrow();
    }
  });

  test("is no longer made with a secret that expired", async () => {
    const subscription = await subscribe();
    await bench.rotateSecret(subscription);
    await bench.sql`update subscription_secrets set expires_at = now() - interval '1 second'
      where id = (select min(id::text)::uuid from subscription_secrets where subscription_id = ${subscription.id})`;
    await bench.publish();
    const request = await receiveOne();
    const [old, current] = subscription.secrets as [string, string];
    expect(verify(request.body, signed(request), current)).toMatchObject({ ok: true });
    expect(verify(request.body, signed(request), old)).toMatchObject({ ok: false });
  });

  test("is each subscription's own when several get the same event", async () => {
    const subscriptions = [await subscribe(), await subscribe()];
    await bench.publish();
    await bench.wake();
    const requests = await receiver.waitFor(2, patienceMs);
    for (const { id, secrets } of subscriptions) {
      const request = requests.find(({ body }) => body.includes(publicId("sub", id))) as RecordedRequest;
      const accepting = subscriptions.filter(
        ({ secrets: [secret] }) => verify(request.body, signed(request), secret).ok,
      );
      expect(accepting.map(({ secrets: given }) => given)).toEqual([secrets]);
    }
  });
});
