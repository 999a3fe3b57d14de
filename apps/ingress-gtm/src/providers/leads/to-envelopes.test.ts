import { readFileSync } from "node:fs";
import { type LeadSubmittedPayload, leadSubmittedPayload, leadSubmittedTopic } from "@carewire/envelope";
import { expect, test } from "vitest";
import { parseLeadBody } from "./parse-lead-body.ts";
import { toEnvelopes } from "./to-envelopes.ts";

const nowMs = 1_767_225_600_000;
const json = "application/json";
const form = "application/x-www-form-urlencoded";
const samples = new URL("./samples/", import.meta.url);

async function map(text: string | Buffer, contentType = json, messageId?: string) {
  const rawBody = Buffer.from(text);
  const parsed = await parseLeadBody(rawBody, contentType);
  if (!parsed.ok) return parsed;
  return toEnvelopes({ rawBody, body: parsed.body, messageId, source: "website", nowMs });
}

async function read(text: string | Buffer, contentType = json): Promise<LeadSubmittedPayload> {
  const mapped = await map(text, contentType);
  if (!mapped.ok) throw new Error(mapped.reason);
  expect(mapped.envelopes).toMatchObject([{ topic: leadSubmittedTopic, key: mapped.externalId }]);
  return leadSubmittedPayload.parse(JSON.parse(String(Buffer.from(mapped.envelopes[0]?.payload ?? []))));
}

const sample = (name: string) => readFileSync(new URL(name, samples));

test("the sample of a website's form becomes its fields", async () => {
  const { source, fields } = await read(sample("website.json"));
  expect(source).toBe("website");
  expect(fields).toMatchObject({
    email: "sam@clinic.example",
    consent: "true",
    elapsed_ms: "41000",
    gotcha: "",
  });
});

test("the sample of an encoded form becomes its fields", async () => {
  const { fields } = await read(sample("formstack.urlencoded"), form);
  expect(fields).toEqual({
    email: "sam@clinic.example",
    name: "Renée Doe",
    topic: "billing, video",
    marketing_consent: "on",
    campaign: "spring",
    gotcha: "",
  });
});

test("the sample of a Typeform becomes its answers, with the consent it asked for", async () => {
  const { fields, submitted_at } = await read(sample("typeform.json"));
  expect(submitted_at).toBe("2025-12-31T23:59:50.000Z");
  expect(fields).toMatchObject({
    form_id: "lT4Z3j",
    name: "Sam Doe",
    email: "Sam@Clinic.example",
    when: "2026-02-01",
    consent: "true",
    consent_text: "You may write to me.",
    topic: "Billing, Video",
    utm_campaign: "spring",
    started_at: "2025-12-31T23:58:00Z",
  });
});

test("a multipart form becomes its fields", async () => {
  const part = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const body = `${part("Email", "sam@clinic.example")}${part("topic", "é")}--b--\r\n`;
  const { fields } = await read(body, "multipart/form-data; boundary=b");
  expect(fields).toEqual({ email: "sam@clinic.example", topic: "é" });
});

test("a repeat is known by the signed message id, else by Typeform's token, else by its bytes", async () => {
  const keyOf = async (text: string | Buffer, messageId?: string) => {
    const mapped = await map(text, json, messageId);
    return mapped.ok && mapped.externalId;
  };
  expect(await keyOf(sample("typeform.json"), "msg_1")).toBe("msg_1");
  expect(await keyOf(sample("typeform.json"))).toBe("typeform:a3a12ec67a1365927098a606107fac15");
  const key = await keyOf('{"email":"a","id":"1"}');
  expect(key).toMatch(/^body:[0-9a-f]{64}$/);
  expect(await keyOf('{"email":"b","id":"1"}')).not.toBe(key);
});

test.each([
  ["a moment ago", "2025-12-31T23:00:00Z", "2025-12-31T23:00:00.000Z"],
  ["in seconds", 1_767_225_000, "2025-12-31T23:50:00.000Z"],
  ["in milliseconds", 1_767_225_000_500, "2025-12-31T23:50:00.500Z"],
  ["long ago", "2020-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"],
  ["in the future", "2026-01-01T00:06:00Z", "2026-01-01T00:00:00.000Z"],
  ["without an offset", "2025-12-31T23:00:00", "2026-01-01T00:00:00.000Z"],
  ["nonsense", "soon", "2026-01-01T00:00:00.000Z"],
])("a form's clock is believed only where it can be: %s", async (_name, submitted_at, expected) => {
  expect((await read(JSON.stringify({ email: "a", submitted_at }))).submitted_at).toBe(expected);
});

test.each<[string, string, string, string]>([
  ["no fields", "{}", json, "it has no fields"],
  ["nothing but objects", '{"data":{}}', json, "it has no fields"],
  [
    "a response without a token",
    '{"event_type":"form_response","form_response":{"token":"\\u0000"}}',
    form,
    "",
  ],
  [
    "too many fields",
    JSON.stringify(Object.fromEntries(Array.from({ length: 201 }, (_, n) => [n, n]))),
    json,
    "more than 200",
  ],
])("a request with %s is malformed, or a plain form", async (_name, text, contentType, reason) => {
  const mapped = await map(text, contentType);
  if (reason === "") expect(mapped.ok).toBe(true);
  else expect(mapped).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});
