import { readdirSync, readFileSync } from "node:fs";
import { topicPattern } from "@carewire/envelope";
import { describe, expect, test } from "vitest";
import { handledTopics, recordedTopic } from "./resend-topics.ts";
import { toEnvelopes } from "./to-envelopes.ts";

const nowMs = 1_767_225_600_000;
const samples = new URL("./samples/", import.meta.url);
const event = { type: "email.sent", created_at: "2026-01-01T00:00:00.000Z", data: { email_id: "e-1" } };

function map(body: Record<string, unknown>, messageId: string | undefined = "msg_1") {
  const rawBody = Buffer.from(JSON.stringify(body));
  return { rawBody, mapped: toEnvelopes({ rawBody, body, messageId, nowMs }) };
}

describe.each(readdirSync(samples))("the sample %s", (file) => {
  const body = JSON.parse(readFileSync(new URL(file, samples), "utf8")) as Record<string, string>;

  test("maps to one envelope under the message's id that carries the raw body itself", () => {
    const { mapped, rawBody } = map(body);
    if (!mapped.ok) throw new Error(mapped.reason);
    expect(mapped).toMatchObject({ externalId: "msg_1", envelopes: [{ key: "msg_1" }] });
    expect(mapped.envelopes).toHaveLength(1);
    expect(mapped.envelopes[0]?.payload).toBe(rawBody);
    expect(mapped.envelopes[0]?.occurredAt).toEqual(new Date(body.created_at ?? ""));
    const topic = mapped.envelopes[0]?.topic ?? "";
    expect(topic).toMatch(topicPattern);
    const isHandled = body.type?.startsWith("email.") && body.type !== "email.received";
    if (isHandled) expect(topic).toBe(`cari.gtm.${body.type?.replace(".", "_")}`);
    else expect(topic).toBe(recordedTopic);
  });
});

test("every handled topic has a sample", () => {
  const names = readdirSync(samples).map((file) => `cari.gtm.${file.slice(0, -".json".length)}`);
  expect(names).toEqual(expect.arrayContaining([...handledTopics]));
});

test.each(["email.moved", "constructor", "domain.updated"])("%s is recorded", (type) => {
  expect(map({ ...event, type }).mapped).toMatchObject({ ok: true, envelopes: [{ topic: recordedTopic }] });
});

test.each<[string, unknown, number]>([
  ["with its offset", "2026-01-01T01:00:00.5+01:00", nowMs + 500],
  ["missing", undefined, nowMs],
  ["a number", 1_767_225_500, nowMs],
  ["words", "yesterday", nowMs],
  ["before 1970", "1969-12-31T23:59:59Z", nowMs],
  ["beyond the year 9999", "+010000-01-01T00:00:00Z", nowMs],
])("a time that is %s gives a moment the database can hold", (_name, created_at, expectedMs) => {
  const { mapped } = map({ ...event, created_at });
  expect(mapped.ok && mapped.envelopes[0]?.occurredAt.getTime()).toBe(expectedMs);
});

test.each<[string, Record<string, unknown>]>([
  ["no type", { ...event, type: undefined }],
  ["a number as type", { ...event, type: 7 }],
  ["a type with spaces", { ...event, type: "email sent" }],
  ["an endless type", { ...event, type: "e".repeat(65) }],
])("an event with %s is malformed", (_name, body) => {
  expect(map(body).mapped).toEqual({ ok: false, reason: "it has no usable event type" });
});
