import { readdirSync, readFileSync } from "node:fs";
import { refusedStandardWebhooks, type SignedRequest } from "@carewire/testkit";
import { Webhook } from "svix";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIngressBench, type IngressBench } from "../../testing/ingress-bench.ts";
import { previousSecret, resendSecret } from "../../testing/start-test-gtm.ts";
import { recordedTopic } from "./resend-topics.ts";

const path = "/api/gtm/webhooks/resend";
const samples = new URL("./samples/", import.meta.url);
const body = readFileSync(new URL("email_bounced.json", samples), "utf8").replace("mailbox", "é mailbox");

let bench: IngressBench;
beforeAll(async () => {
  bench = await createIngressBench();
});
afterAll(() => bench.stop());

interface Signing {
  id?: string;
  secret?: string;
  ageSeconds?: number;
}

/** A request signed by Svix's own library, as Resend signs. */
function sign(
  payload: string,
  { id = bench.freshId(), secret = resendSecret, ageSeconds = 0 }: Signing = {},
) {
  const seconds = Math.floor(bench.clock.now() / 1_000) - ageSeconds;
  const headers = {
    "content-type": "application/json",
    "svix-id": id,
    "svix-timestamp": String(seconds),
    "svix-signature": new Webhook(secret).sign(id, new Date(seconds * 1_000), payload),
  };
  return { headers, body: Buffer.from(payload) };
}
const send = (payload: string, signing?: Signing) => bench.post(path, sign(payload, signing));

/** The same request as Svix names its headers. */
const asSvix = ({ headers, body: bytes }: SignedRequest): SignedRequest => ({
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace("webhook-", "svix-"), value]),
  ),
  body: bytes,
});

test("the published vector is accepted at its time", async () => {
  const payload =
    '{"type":"email.bounced","created_at":"2026-01-01T00:00:00.000Z","data":{"created_at":"2025-12-31T23:59:50.000Z",' +
    '"email_id":"56761188-7520-42d8-8898-ff6fc54ce618","from":"Clinic <no-reply@clinic.example>",' +
    '"to":["patient@example.org"],"subject":"Your appointment","bounce":{"message":"mailbox does not exist",' +
    '"type":"Permanent","subType":"Suppressed"}}}';
  const headers = {
    "content-type": "application/json",
    "svix-id": "msg_2bTestResend",
    "svix-timestamp": "1767225600",
    "svix-signature": "v1,sKCYSbc7KBkwBOCVn8W3cx6Q/PlyVSYF3OtqOJLq0Rs=",
  };
  expect((await bench.post(path, { headers, body: Buffer.from(payload) })).status).toBe(200);
});

test.each(readdirSync(samples))("the sample %s is answered 200 and is one event", async (file) => {
  const id = bench.freshId();
  const payload = readFileSync(new URL(file, samples), "utf8");
  const answer = await send(payload, { id });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { received: true, id: expect.stringMatching(/^evt_/) },
  ]);
  expect(await bench.topicsOf(id)).toHaveLength(1);
});

test.each(refusedStandardWebhooks)(
  "a request with %s is answered 401 with an empty body and leaves no row",
  async (_name, build) => {
    const before = await bench.countRequests();
    const options = { secret: resendSecret, id: bench.freshId(), nowMs: bench.clock.now() };
    const answer = await bench.post(path, asSvix(build(body, options)));
    expect([answer.status, await answer.text()]).toEqual([401, ""]);
    expect(await bench.countRequests()).toBe(before);
  },
);

test.each<[string, Signing]>([
  ["300 s ago", { ageSeconds: 300 }],
  ["with the previous secret", { secret: previousSecret }],
])("a request signed %s is accepted", async (_name, signing) => {
  expect((await send(body, signing)).status).toBe(200);
});

test("a retry, signed again later, is the same event; another body under its id is a recorded conflict", async () => {
  const id = bench.freshId();
  const first = (await (await send(body, { id, ageSeconds: 60 })).json()) as object;
  expect(await (await send(body, { id })).json()).toEqual({ ...first, duplicate: true });
  expect((await send(body.replace("Permanent", "Transient"), { id })).status).toBe(200);
  expect(await bench.topicsOf(id)).toEqual(["cari.gtm.email_bounced"]);
  expect((await bench.verdictsOf(id)).toSorted()).toEqual(["accepted", "conflict", "duplicate"]);
});

test("50 concurrent copies are one event", async () => {
  const id = bench.freshId();
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(body, { id })));
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  expect(await bench.topicsOf(id)).toHaveLength(1);
});

test("an unknown event type is answered 200 and recorded", async () => {
  const id = bench.freshId();
  expect((await send('{"type":"inbox.moved","data":{}}', { id })).status).toBe(200);
  expect(await bench.topicsOf(id)).toEqual([recordedTopic]);
});

test.each([
  ["empty", "", 400],
  ["null", "null", 400],
  ["a list", "[]", 400],
  ["no event", '{"data":{}}', 400],
  ["a depth bomb", "[".repeat(100_000), 400],
  ["reaching for the prototype", '{"type":"email.sent","__proto__":{}}', 400],
  ["5 MB", " ".repeat(5 * 1024 * 1024), 413],
])("a signed body that is %s is answered with its status", async (_name, payload, status) => {
  expect((await send(payload)).status).toBe(status);
});

test.each<[string, Record<string, string>]>([
  ["compressed", { "content-encoding": "gzip" }],
  ["of another media type", { "content-type": "text/plain" }],
])("a body that is %s is answered 415", async (_name, headers) => {
  const request = sign(body);
  const answer = await bench.post(path, { ...request, headers: { ...request.headers, ...headers } });
  expect(answer.status).toBe(415);
});

test("GET is answered 405, naming POST", async () => {
  const response = await fetch(bench.url + path);
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  await response.body?.cancel();
});
