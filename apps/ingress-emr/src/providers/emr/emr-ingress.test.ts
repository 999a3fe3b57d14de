import { readdirSync, readFileSync } from "node:fs";
import { refusedStandardWebhooks } from "@carewire/testkit";
import { parseEmrLegacySecret, signEmrLegacy } from "@carewire/verifiers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIngressBench, type IngressBench } from "../../testing/ingress-bench.ts";
import { legacySecret, previousSecret, secret } from "../../testing/start-test-emr.ts";
import { recordedTopic, videoCallTopic } from "./emr-topics.ts";

const samples = new URL("./samples/", import.meta.url);
const call = {
  event: "video_call.completed",
  patient_external_id: "cus_é",
  appointment_id: "appt_789",
  provider_id: "dr_abc",
  call_duration_minutes: 15,
  completed_at: "2026-01-04T22:30:00Z",
};
const body = JSON.stringify(call);

let bench: IngressBench;
beforeAll(async () => {
  bench = await createIngressBench("/webhooks/emr/video-call-completed", "application/json");
});
afterAll(() => bench.stop());

test.each(readdirSync(samples))("the sample %s is answered 200 and is one event", async (file) => {
  const id = bench.freshId();
  const answer = await bench.send(readFileSync(new URL(file, samples), "utf8"), { id });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { received: true, id: expect.stringMatching(/^evt_/) },
  ]);
  expect(await bench.topicsOf(id)).toEqual([
    file === "video_call_completed.json" ? videoCallTopic : recordedTopic,
  ]);
});

test.each(refusedStandardWebhooks)(
  "a request with %s is answered 401 with an empty body and leaves no row",
  async (_name, build) => {
    const before = await bench.countRequests();
    const answer = await bench.post(build(body, { secret, id: bench.freshId(), nowMs: bench.nowMs }));
    expect([answer.status, await answer.text()]).toEqual([401, ""]);
    expect(await bench.countRequests()).toBe(before);
  },
);

test("the previous secret is still accepted", async () => {
  expect((await bench.send(body, { secret: previousSecret })).status).toBe(200);
});

/** A request of an EMR that signs in the legacy way. */
function legacy(payload: string, more: Record<string, string> = {}, by = legacySecret, nowMs = bench.nowMs) {
  const parsed = parseEmrLegacySecret(by);
  if (!parsed.ok) throw new Error(parsed.detail);
  const body = Buffer.from(payload);
  const signature = signEmrLegacy(parsed.key, Math.floor(nowMs / 1_000), body);
  const headers = { "content-type": "application/json", "x-emr-signature": signature, ...more };
  return bench.post({ headers, body });
}

test("a request signed by X-EMR-Signature is accepted, and its repeat, signed again later, is the same event", async () => {
  const payload = JSON.stringify({ ...call, appointment_id: "appt_legacy" });
  const first = await legacy(payload, {}, legacySecret, bench.nowMs - 60_000);
  const answer = (await first.json()) as object;
  expect(first.status).toBe(200);
  expect(await (await legacy(payload)).json()).toEqual({ ...answer, duplicate: true });
});

test.each<[string, () => Promise<Response>]>([
  ["another secret", () => legacy(body, {}, `ehs_${"x".repeat(32)}`)],
  ["a time six minutes ago", () => legacy(body, {}, legacySecret, bench.nowMs - 360_000)],
  ["the headers of both schemes", () => legacy(body, { "webhook-signature": "v1,x" })],
])("a request signed by X-EMR-Signature with %s is 401", async (_name, send) => {
  expect((await send()).status).toBe(401);
});

test("a secret for one scheme is none for the other", async () => {
  const asStandard = `whsec_${Buffer.from(legacySecret).toString("base64")}`;
  expect((await bench.send(body, { secret: asStandard })).status).toBe(401);
});

test("a repeat is the same event; another body under its id is a recorded conflict without effect", async () => {
  const id = bench.freshId();
  const first = (await (await bench.send(body, { id })).json()) as object;
  expect(await (await bench.send(body, { id })).json()).toEqual({ ...first, duplicate: true });
  expect((await bench.send(JSON.stringify({ ...call, appointment_id: "other" }), { id })).status).toBe(200);
  expect(await bench.topicsOf(id)).toEqual([videoCallTopic]);
  expect(await bench.verdictsOf(id)).toEqual(["accepted", "duplicate", "conflict"]);
});

test("50 concurrent copies are one event", async () => {
  const id = bench.freshId();
  const answers = await Promise.all(Array.from({ length: 50 }, () => bench.send(body, { id })));
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  expect(await bench.topicsOf(id)).toHaveLength(1);
});

test.each<[string, object, string]>([
  ["no patient", { ...call, patient_external_id: undefined }, "it lacks a usable patient_external_id"],
  ["a number for a patient", { ...call, patient_external_id: 7 }, "it lacks a usable patient_external_id"],
  ["a NUL in its patient", { ...call, patient_external_id: "\0" }, "it lacks a usable patient_external_id"],
  [
    "an endless appointment",
    { ...call, appointment_id: "a".repeat(256) },
    "it lacks a usable appointment_id",
  ],
  ["no time", { ...call, completed_at: undefined }, "it lacks a usable completed_at"],
  [
    "a time without an offset",
    { ...call, completed_at: "2026-01-04T22:30:00" },
    "it lacks a usable completed_at",
  ],
  [
    "a time in the year 1",
    { ...call, completed_at: "0001-01-01T00:00:00Z" },
    "it lacks a usable completed_at",
  ],
  [
    "a time two days ahead",
    { ...call, completed_at: "2026-01-07T00:00:01Z" },
    "its completed_at lies in the future",
  ],
  ["no event name", { ...call, event: undefined }, "it has no event name"],
])(
  "a signed call with %s is answered 400, told why, and kept as a dead letter",
  async (_name, wrong, reason) => {
    const answer = await bench.send(JSON.stringify(wrong));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: "malformed_request",
      detail: expect.stringContaining(reason),
    });
    expect((await bench.deadLetters()).at(-1)).toEqual({
      topic: recordedTopic,
      cause: "malformed",
      error: expect.stringContaining(reason),
    });
  },
);

test.each([
  ["empty", "", 400],
  ["null", "null", 400],
  ["a list", "[]", 400],
  ["a depth bomb", "[".repeat(100_000), 400],
  ["reaching for the prototype", '{"event":"x","__proto__":{}}', 400],
  ["300 KB", " ".repeat(300 * 1_024), 413],
])("a signed body that is %s is answered with its status", async (_name, payload, status) => {
  expect((await bench.send(payload)).status).toBe(status);
});

test("another content type is 415, GET is 405", async () => {
  expect((await bench.send(body, { contentType: "text/plain" })).status).toBe(415);
  const got = await fetch(bench.url);
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  await got.body?.cancel();
});
