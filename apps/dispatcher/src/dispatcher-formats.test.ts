import { createHmac } from "node:crypto";
import { publicId } from "@carewire/envelope";
import { verify } from "@carewire/sdk";
import { type Receiver, type RecordedRequest, startReceiver } from "@carewire/testkit";
import { generateEd25519Secrets } from "@carewire/verifiers";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench, type SubscriptionDraft } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const occurredAt = new Date("2026-03-01T12:00:00.250Z");
let bench: DeliveryBench;
let dispatcher: RunningDispatcher;
let receiver: Receiver;

beforeAll(async () => {
  bench = await createDeliveryBench();
  dispatcher = await startDispatcher(bench);
});
afterAll(async () => {
  await dispatcher.stop();
  expect(dispatcher.errors).toEqual([]);
  await bench.close();
});
beforeEach(async () => {
  await bench.reset();
  receiver = await startReceiver();
  return () => receiver.close();
});

const subscribe = (draft: SubscriptionDraft) => bench.subscribe({ url: `${receiver.url}/hook`, ...draft });

async function receive(count = 1): Promise<RecordedRequest[]> {
  await bench.wake();
  return [...(await receiver.waitFor(count, patienceMs))];
}

const receiveOne = async () => (await receive())[0] as RecordedRequest;
const timestampOf = (eventId: string) =>
  Math.floor(Number.parseInt(eventId.replace("-", "").slice(0, 12), 16) / 1_000);

/** Without what the HTTP client adds: host, connection, content-length. */
function ownHeaders({ rawHeaders }: RecordedRequest): string[] {
  return rawHeaders.flatMap((name, i) =>
    i % 2 || ["host", "connection", "content-length"].includes(name) ? [] : [`${name}: ${rawHeaders[i + 1]}`],
  );
}

const lower = ({ headers }: RecordedRequest) => headers as Record<string, string>;
const common = ["content-type: application/json", "user-agent: Carewire/1"];

describe("a subscriber of", () => {
  test("MYCURE gets {id, event, payload}, and only 200 counts as delivered", async () => {
    receiver.answer(() => ({ status: receiver.total() < 2 ? 204 : 200 }));
    const { secrets } = await subscribe({ format: "event", successCodes: "200" });
    const eventId = await bench.publish({
      type: "medical-encounters.created",
      data: '{"id": "e-1",\n "n": 1.0}',
    });
    const [first, second] = (await receive(2)) as [RecordedRequest, RecordedRequest];
    expect(first.body.toString()).toBe(
      `{"id":"${publicId("evt", eventId)}","event":"medical-encounters.created","payload":{"id": "e-1",\n "n": 1.0}}`,
    );
    expect(second.body.equals(first.body)).toBe(true);
    expect(verify(second.body, second.headers, secrets[0])).toMatchObject({ ok: true });
    await waitUntil(async () => (await bench.deliveries(eventId))[0]?.status === "delivered");
  });

  test("careCycle gets flat fields with event_type, under svix-* headers that the svix library accepts", async () => {
    const { secrets } = await subscribe({ format: "flat", scheme: "svix" });
    const data = '{"id":"c-1","phone":null,"n":9007199254740993}';
    const eventId = await bench.publish({ type: "customer.updated", data, traceparent });
    const request = await receiveOne();
    expect(request.body.toString()).toBe(`{"event_type":"customer.updated",${data.slice(1)}`);
    expect(ownHeaders(request)).toEqual([
      ...common,
      `svix-id: ${publicId("evt", eventId)}`,
      expect.stringMatching(/^svix-timestamp: \d{10}$/),
      expect.stringMatching(/^svix-signature: v1,[A-Za-z0-9+/]{43}=$/),
      `traceparent: ${traceparent}`,
    ]);
    const library = new SvixWebhook(secrets[0] ?? "");
    expect(() => library.verify(request.body.toString(), lower(request))).not.toThrow();
    expect(() => library.verify(`${request.body} `, lower(request))).toThrow();
  });

  test("Eka gets ids and action only, signed so that Eka's own consumer accepts it", async () => {
    const { id } = await subscribe({ format: "thin", scheme: "eka", secrets: ["supersecretkey"] });
    const data = '{"appointment_id":"a-1","patient_id":"p-1","patient_name":"Zoë","mobile":"+91 98"}';
    const eventId = await bench.publish({ type: "appointment.created", data, occurredAt });
    const request = await receiveOne();
    expect(request.body.toString()).toBe(
      '{"service":"appointment","event":"appointment.created","event_time":1772366400,' +
        `"transaction_id":"${publicId("evt", eventId)}","timestamp":${timestampOf(eventId)},` +
        `"business_id":"${publicId("org", bench.organizationId)}",` +
        `"data":{"appointment_id":"a-1","patient_id":"p-1","action":"created"},"client_id":"${publicId("sub", id)}"}`,
    );
    expect(ownHeaders(request)).toEqual([
      ...common,
      `webhook-id: ${publicId("evt", eventId)}`,
      expect.stringMatching(/^Eka-Webhook-Signature: t=\d{10},v1=[0-9a-f]{64}$/),
    ]);
    // What github.com/eka-care/ekapython-webhook-sdk does: a dictionary of the header, over the body serialised again.
    const header = lower(request)["eka-webhook-signature"] ?? "";
    const parts = Object.fromEntries(header.split(",").map((item) => item.split("=") as [string, string]));
    const again = JSON.stringify(JSON.parse(request.body.toString()));
    expect(createHmac("sha256", "supersecretkey").update(`${parts.t}.${again}`).digest("hex")).toBe(parts.v1);
  });

  test("Eka without a key gets it unsigned, with the message id still there", async () => {
    await subscribe({ format: "thin", scheme: "none", secrets: [] });
    const eventId = await bench.publish({ type: "prescription.created", data: '{"prescription_id":"rx-1"}' });
    const request = await receiveOne();
    expect(ownHeaders(request)).toEqual([...common, `webhook-id: ${publicId("evt", eventId)}`]);
    expect(JSON.parse(request.body.toString()).data).toEqual({ prescription_id: "rx-1", action: "created" });
  });
});

describe("a key pair", () => {
  test("signs v1a, which the public half alone verifies", async () => {
    const pair = generateEd25519Secrets((count) => Buffer.alloc(count, 5));
    await subscribe({ secrets: [pair.signing] });
    await bench.publish();
    const request = await receiveOne();
    expect(request.headers["webhook-signature"]).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    expect(verify(request.body, request.headers, pair.verifying)).toMatchObject({ ok: true });
    const other = generateEd25519Secrets((count) => Buffer.alloc(count, 6));
    expect(verify(request.body, request.headers, other.verifying)).toMatchObject({ ok: false });
  });

  test("signs beside the secret it replaces, as long as that is in force", async () => {
    const pair = generateEd25519Secrets((count) => Buffer.alloc(count, 5));
    const secret = `whsec_${Buffer.alloc(32, 4).toString("base64")}`;
    await subscribe({ secrets: [secret, pair.signing] });
    await bench.publish();
    const request = await receiveOne();
    expect(request.headers["webhook-signature"]).toMatch(/^v1a,\S+ v1,\S+$/);
    expect(verify(request.body, request.headers, pair.verifying)).toMatchObject({ ok: true });
    expect(() => new Webhook(secret).verify(request.body.toString(), lower(request))).not.toThrow();
  });
});

test.each(["svix", "eka"] as const)(
  "during a rotation %s requests are signed by every secret in force",
  async (scheme) => {
    const subscription = await subscribe({ scheme });
    await bench.rotateSecret(subscription);
    await bench.publish();
    const request = await receiveOne();
    for (const secret of subscription.secrets) {
      if (scheme === "svix") {
        expect(() => new SvixWebhook(secret).verify(request.body.toString(), lower(request))).not.toThrow();
        continue;
      }
      const header = lower(request)["eka-webhook-signature"] ?? "";
      const signed = `${header.slice(2, header.indexOf(","))}.${request.body}`;
      expect(header).toContain(createHmac("sha256", secret).update(signed).digest("hex"));
    }
  },
);

test("one event goes to many subscribers at once, to each in its own format", async () => {
  const formats = ["envelope", "event", "flat", "thin"] as const;
  for (const format of formats) {
    for (let i = 0; i < 5; i++) await subscribe({ format, url: `${receiver.url}/${format}` });
  }
  await bench.publish({ data: '{"order_id":"o-1"}' });
  const requests = await receive(20);
  for (const format of formats) {
    const bodies = requests.filter(({ path }) => path === `/${format}`).map(({ body }) => body.toString());
    expect(bodies).toHaveLength(5);
    // Those that carry the subscription's id differ, the others are all alike.
    expect(new Set(bodies).size).toBe(format === "envelope" || format === "thin" ? 5 : 1);
    for (const body of bodies) expect(JSON.stringify(JSON.parse(body))).toContain('"order_id":"o-1"');
  }
});

test("data that is no JSON fails no neighbour and is still delivered in every format", async () => {
  for (const format of ["envelope", "event", "flat", "thin"] as const) await subscribe({ format });
  const eventId = await bench.publish({ data: '{"a":' });
  const requests = await receive(4);
  expect(requests.filter(({ body }) => body.includes('"action":"paid"'))).toHaveLength(1);
  expect(requests.filter(({ body }) => body.includes('{"a":'))).toHaveLength(3);
  await waitUntil(async () =>
    (await bench.deliveries(eventId)).every(({ status }) => status === "delivered"),
  );
});
