import { type Receiver, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEgressGuard } from "./create-egress-guard.ts";
import { createHttpClient, type HttpClient } from "./create-http-client.ts";

const guard = createEgressGuard({ policy: { environment: "local" } });
let receiver: Receiver;
let client: HttpClient;

beforeAll(async () => {
  receiver = await startReceiver();
  client = createHttpClient({ guard, timeoutMs: 60_000, bodyBytesMax: 100 });
});
afterAll(async () => {
  await client.close();
  await receiver.close();
});

const call = (path = "/status?a=1") => ({
  method: "POST" as const,
  url: new URL(path, receiver.url),
  headers: { "content-type": "application/json" },
  body: '{"x":1}',
});

test("a call carries its headers and body, and its answer comes back whatever its status", async () => {
  receiver.answer({ status: 500, body: '{"code":"X"}' });
  const outcome = await client.send(call());
  expect(outcome).toMatchObject({ kind: "answer", status: 500 });
  expect(outcome.kind === "answer" && outcome.body.toString()).toBe('{"code":"X"}');
  const request = receiver.requests().at(-1);
  expect([request?.path, request?.headers["content-type"], request?.body.toString()]).toEqual([
    "/status?a=1",
    "application/json",
    '{"x":1}',
  ]);
});

test("a redirect is an answer, not followed", async () => {
  receiver.answer({ status: 302, headers: { location: "/elsewhere" } });
  const before = receiver.total();
  expect(await client.send(call())).toMatchObject({ kind: "answer", status: 302 });
  expect(receiver.total()).toBe(before + 1);
});

test("no answer within the deadline is a timeout", async () => {
  receiver.answer({ hang: true });
  const impatient = createHttpClient({ guard, timeoutMs: 300 });
  expect(await impatient.send(call())).toEqual({ kind: "timeout" });
  await impatient.close();
});

test("a call that is given up ends at once", async () => {
  receiver.answer({ hang: true });
  expect(await client.send({ ...call(), signal: AbortSignal.abort() })).toEqual({ kind: "timeout" });
});

test("an answer without end is not read to its end", async () => {
  receiver.answer({ status: 200, body: "x".repeat(101) });
  expect(await client.send(call())).toEqual({ kind: "too_large" });
});

test("nobody there, and a destination that is not allowed, are told apart from answers", async () => {
  expect(await client.send({ ...call(), url: new URL("http://127.0.0.1:1/") })).toMatchObject({
    kind: "unreachable",
  });
  const strict = createHttpClient({ guard: createEgressGuard({ policy: { environment: "production" } }) });
  expect(await strict.send(call())).toEqual({ kind: "unreachable", code: "destination_not_allowed" });
  await strict.close();
});
