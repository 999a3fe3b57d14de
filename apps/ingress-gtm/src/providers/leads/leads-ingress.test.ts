import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { refusedStandardWebhooks, type SignedRequest, signStandardWebhookRequest } from "@carewire/testkit";
import { Webhook } from "svix";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createIngressBench, type IngressBench } from "../../testing/ingress-bench.ts";
import { leadSecret } from "../../testing/start-test-gtm.ts";

const path = "/api/gtm/webhooks/inbound";
const surveySecret = "survey-secret-0123456789";
const form = "application/x-www-form-urlencoded";
const sample = (name: string) => readFileSync(new URL(`./samples/${name}`, import.meta.url));

let bench: IngressBench;
let sequence = 0;
beforeAll(async () => {
  bench = await createIngressBench({
    leadSecrets: [leadSecret, `survey:typeform=${surveySecret}`, "crm:token=crm-token-0123456789"],
  });
});
// The source's rate is full again for every test.
beforeEach(() => bench.clock.advance(60_000));
afterAll(() => bench.stop());

const hmac = (body: string | Buffer, encoding: "hex" | "base64", secret = leadSecret): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest(encoding)}`;

const request = (body: string | Buffer, headers: Record<string, string>): SignedRequest => ({
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(body),
});
const post = (body: string | Buffer, headers: Record<string, string>) =>
  bench.post(path, request(body, headers));
/** A body that was not sent yet. */
const freshBody = () => JSON.stringify({ email: `é${++sequence}@clinic.example` });

/** The source's name and the topics of the only event of the newest request. */
async function lastStored() {
  const [row] = await bench.sql`
    select s.name, e.type from inbound_requests r join sources s on s.id = r.source_id
    left join events e on e.inbound_request_id = r.id order by r.id desc limit 1`;
  return row;
}

test.each<[string, (body: string) => Record<string, string>, string]>([
  ["X-Webhook-Signature", (body) => ({ "x-webhook-signature": hmac(body, "hex") }), "default"],
  [
    "X-Webhook-Signature without its scheme",
    (body) => ({ "x-webhook-signature": hmac(body, "hex").slice(7) }),
    "default",
  ],
  ["Typeform-Signature", (body) => ({ "typeform-signature": hmac(body, "base64") }), "default"],
  ["a bearer token", () => ({ authorization: `Bearer ${leadSecret}` }), "default"],
  ["X-Webhook-Token", () => ({ "x-webhook-token": leadSecret }), "default"],
  [
    "another source's signature",
    (body) => ({ "typeform-signature": hmac(body, "base64", surveySecret) }),
    "survey",
  ],
  ["another source's token", () => ({ "x-webhook-token": "crm-token-0123456789" }), "crm"],
])("a form with %s is answered 200 and is one event of its source", async (_name, headersOf, source) => {
  const body = freshBody();
  const answer = await post(body, headersOf(body));
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { received: true, id: expect.stringMatching(/^evt_/) },
  ]);
  expect(await lastStored()).toEqual({ name: source, type: "cari.gtm.lead_submitted" });
});

test.each(["webhook", "svix"])(
  "a form signed with %s headers by their library is one event",
  async (family) => {
    const body = freshBody();
    const id = bench.freshId();
    const at = new Date(bench.clock.now());
    const headers = {
      [`${family}-id`]: id,
      [`${family}-timestamp`]: String(at.getTime() / 1_000),
      [`${family}-signature`]: new Webhook(leadSecret).sign(id, at, body),
    };
    expect((await post(body, headers)).status).toBe(200);
    expect(await bench.topicsOf(id)).toEqual(["cari.gtm.lead_submitted"]);
  },
);

test.each([
  ["website.json", "application/json"],
  ["formstack.urlencoded", form],
  ["formstack.urlencoded", `${form}; charset=UTF-8`],
  ["typeform.json", "application/json"],
])("the sample %s as %s is answered 200", async (name, contentType) => {
  const body = sample(name);
  const answer = await post(body, { "x-webhook-signature": hmac(body, "hex"), "content-type": contentType });
  expect(answer.status).toBe(200);
});

test("a multipart form is answered 200", async () => {
  const body = '--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nmulti@clinic.example\r\n--b--\r\n';
  const headers = {
    "x-webhook-signature": hmac(body, "hex"),
    "content-type": "multipart/form-data; boundary=b",
  };
  expect((await post(body, headers)).status).toBe(200);
});

test.each(refusedStandardWebhooks)(
  "a request with %s is answered 401 with an empty body and leaves no row",
  async (_name, build) => {
    const before = await bench.countRequests();
    const options = { secret: leadSecret, id: bench.freshId(), nowMs: bench.clock.now() };
    const answer = await bench.post(path, build(freshBody(), options));
    expect([answer.status, await answer.text()]).toEqual([401, ""]);
    expect(await bench.countRequests()).toBe(before);
  },
);

test.each<[string, (body: string) => Record<string, string>]>([
  ["no proof at all", () => ({})],
  ["another secret's signature", (body) => ({ "x-webhook-signature": hmac(body, "hex", "other") })],
  ["a signature of other bytes", (body) => ({ "x-webhook-signature": hmac(`${body} `, "hex") })],
  ["an upper-case signature", (body) => ({ "x-webhook-signature": hmac(body, "hex").toUpperCase() })],
  ["a hexadecimal Typeform signature", (body) => ({ "typeform-signature": hmac(body, "hex") })],
  [
    "a Typeform signature in base64 of the wrong header",
    (body) => ({ "x-webhook-signature": hmac(body, "base64") }),
  ],
  ["a part of the token", () => ({ authorization: `Bearer ${leadSecret.slice(0, -1)}` })],
  ["the token as Basic credentials", () => ({ authorization: `Basic ${leadSecret}` })],
  ["two tokens", () => ({ authorization: `Bearer ${leadSecret}`, "x-webhook-token": "other" })],
  ["a Typeform source's secret as a token", () => ({ authorization: `Bearer ${surveySecret}` })],
  [
    "a Typeform source's secret in another scheme",
    (body) => ({ "x-webhook-signature": hmac(body, "hex", surveySecret) }),
  ],
  [
    "a wrong signature beside the right token",
    () => ({ "x-webhook-signature": "sha256=0", authorization: `Bearer ${leadSecret}` }),
  ],
])("a form with %s is answered 401 with an empty body and leaves no row", async (_name, headersOf) => {
  const before = await bench.countRequests();
  const body = freshBody();
  const answer = await post(body, headersOf(body));
  expect([answer.status, await answer.text()]).toEqual([401, ""]);
  expect(await bench.countRequests()).toBe(before);
});

test("a form that no reader is prepared for is kept as a dead letter, not sent away to be repeated for ever", async () => {
  const answers = '[{"type":{"toString":1},"field":{"ref":"email"}}]';
  const body = `{"event_type":"form_response","form_response":{"token":"${++sequence}","answers":${answers}}}`;
  expect((await post(body, { "x-webhook-signature": hmac(body, "hex") })).status).toBe(400);
  const [letter] = await bench.sql`select cause, status from dead_letters order by id desc limit 1`;
  expect(letter).toMatchObject({ status: "open" });
});

test("50 concurrent copies are one event, whoever repeats them", async () => {
  const body = freshBody();
  const headers = { "x-webhook-signature": hmac(body, "hex") };
  const answers = await Promise.all(Array.from({ length: 50 }, () => post(body, headers)));
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as { duplicate?: boolean }[];
  expect(bodies.filter(({ duplicate }) => duplicate === undefined)).toHaveLength(1);
});

test("a retry is a duplicate however much later it comes, also of a form that does not say when it was sent", async () => {
  const id = bench.freshId();
  const body = freshBody();
  const sign = () => signStandardWebhookRequest(body, { secret: leadSecret, id, nowMs: bench.clock.now() });
  const hashed = freshBody();
  const headers = { "x-webhook-signature": hmac(hashed, "hex") };
  const verdicts = async (externalId: string) => (await bench.verdictsOf(externalId)).join(" ");
  for (let tries = 0; tries < 3; tries++) {
    expect([(await bench.post(path, sign())).status, (await post(hashed, headers)).status]).toEqual([
      200, 200,
    ]);
    bench.clock.advance(300_000);
  }
  const bodyKey = `body:${createHash("sha256").update(hashed).digest("hex")}`;
  for (const externalId of [id, bodyKey]) {
    expect(await verdicts(externalId)).toBe("accepted duplicate duplicate");
  }
});

test("a signed id with another body is a recorded conflict without effect", async () => {
  const id = bench.freshId();
  const sign = (body: string) =>
    bench.post(path, signStandardWebhookRequest(body, { secret: leadSecret, id, nowMs: bench.clock.now() }));
  expect([(await sign(freshBody())).status, (await sign(freshBody())).status]).toEqual([200, 200]);
  expect(await bench.topicsOf(id)).toHaveLength(1);
  expect(await bench.verdictsOf(id)).toEqual(["accepted", "conflict"]);
});

test.each([
  ["empty", "", "application/json", 400],
  ["null", "null", "application/json", 400],
  ["a list", "[]", "application/json", 400],
  ["a form without fields", "", form, 400],
  ["an object without fields", "{}", "application/json", 400],
  ["a depth bomb", "[".repeat(60_000), "application/json", 400],
  ["reaching for the prototype", '{"email":"a","__proto__":{}}', "application/json", 400],
  ["a form reaching for the prototype", "email=a&__proto__=b", form, 400],
  ["of too many fields", "a=1&".repeat(201), form, 400],
  ["no multipart form", "email=a", "multipart/form-data; boundary=x", 400],
  ["65 KiB", `"${" ".repeat(65 * 1024)}"`, "application/json", 413],
  ["of another media type", "email=a", "text/plain", 415],
  ["in another charset", "email=a", `${form}; charset=latin1`, 415],
])("a signed body that is %s is answered with its status", async (_name, body, contentType, status) => {
  const headers = { "x-webhook-signature": hmac(body, "hex"), "content-type": contentType };
  expect((await post(body, headers)).status).toBe(status);
});

test("a compressed form is answered 415", async () => {
  const body = freshBody();
  const headers = { "x-webhook-signature": hmac(body, "hex"), "content-encoding": "gzip" };
  expect((await post(body, headers)).status).toBe(415);
});

test("what looks like spam is answered like everything else", async () => {
  const body = JSON.stringify({ email: "bot@spam.example", _gotcha: "x", elapsed_ms: 1 });
  const answer = await post(body, { "x-webhook-signature": hmac(body, "hex") });
  expect([answer.status, await answer.json()]).toMatchObject([200, { received: true }]);
});

test("a source that floods is answered 429, and no other source with it", async () => {
  const answers = await Promise.all(
    Array.from({ length: 110 }, () => {
      const body = freshBody();
      return post(body, { "x-webhook-signature": hmac(body, "hex") });
    }),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
  expect(refused).toHaveLength(10);
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  expect((await post(freshBody(), { "x-webhook-token": "crm-token-0123456789" })).status).toBe(200);
});
