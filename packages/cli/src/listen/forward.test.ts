import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forward } from "./forward.ts";
import type { StreamedDelivery } from "./streamed-delivery.ts";

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const body = Buffer.from('{"text":"é\\u2028","big":12345678901234567890}\r\n ');
const delivery = (more: Partial<StreamedDelivery> = {}): StreamedDelivery => ({
  ...{
    delivery_id: "dlv_1",
    event_id: "evt_1",
    event_type: "order.paid",
    attempt: 1,
    lease: "x",
    timeout_ms: 60_000,
  },
  headers: [
    ["content-type", "application/json"],
    ["X-Own", "Yes"],
    ["webhook-id", "evt_1"],
  ],
  body: body.toString("base64"),
  ...more,
});
const send = (given = delivery(), url = `${receiver.url}/hooks?a=1`) =>
  forward(new URL(url), given, () => performance.now());

test("the receiver gets the same bytes and the same headers, in order and spelling, and nothing more", async () => {
  const outcome = await send();
  expect(outcome).toMatchObject({ answer: { status: 200 } });
  const request = receiver.requests().at(-1);
  expect(request?.body.equals(body)).toBe(true);
  expect(request).toMatchObject({ method: "POST", path: "/hooks?a=1" });
  const own = ["content-type", "application/json", "X-Own", "Yes", "webhook-id", "evt_1"];
  const { host } = new URL(receiver.url);
  expect(request?.rawHeaders).toEqual([
    "host",
    host,
    "connection",
    "close",
    ...own,
    "content-length",
    String(body.length),
  ]);
});

test("redirects are not followed, and of an answer 4 KiB are kept", async () => {
  receiver.answer({
    status: 302,
    headers: { location: "/elsewhere", "set-cookie": ["a=1", "b=2"] },
    body: "x".repeat(9_000),
  });
  const before = receiver.total();
  const outcome = await send();
  expect(outcome).toMatchObject({
    answer: { status: 302, truncated: true, headers: { "set-cookie": "a=1, b=2" } },
  });
  if (!("answer" in outcome)) throw new Error("there was no answer");
  expect(outcome.answer.body).toHaveLength(4_096);
  expect(receiver.total()).toBe(before + 1);
  receiver.answer({});
});

test("an endless answer is cut off", async () => {
  receiver.answer({ body: "x".repeat(1_000_000) });
  expect(await send()).toMatchObject({ answer: { status: 200, truncated: true } });
  receiver.answer({});
});

test("no answer, nobody there, a broken connection and no HTTP are told apart", async () => {
  receiver.answer({ hang: true });
  expect(await send(delivery({ timeout_ms: 100 }))).toMatchObject({ fault: "timeout" });
  receiver.answer({ destroy: true });
  expect(await send()).toMatchObject({ fault: "reset" });
  receiver.answer({});
  const server = createServer((socket) => void socket.resume().end("SSH-2.0\r\n\r\n")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await send(delivery(), `http://127.0.0.1:${port}/`)).toMatchObject({ fault: "protocol" });
  await new Promise((resolve) => server.close(resolve));
  expect(await send(delivery(), `http://127.0.0.1:${port}/`)).toMatchObject({ fault: "connect" });
});
