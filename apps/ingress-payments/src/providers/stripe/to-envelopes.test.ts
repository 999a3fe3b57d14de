import { readdirSync, readFileSync } from "node:fs";
import { topicPattern } from "@carewire/envelope";
import { describe, expect, test } from "vitest";
import {
  checkoutTypes,
  invoiceTypes,
  recordedTopic,
  subscriptionTypes,
  unsupportedTopic,
} from "./stripe-topics.ts";
import { toEnvelopes } from "./to-envelopes.ts";

const nowMs = 1_767_225_600_000;
const samples = new URL("./samples/", import.meta.url);
const handled: string[] = [...checkoutTypes, ...invoiceTypes, ...subscriptionTypes];

function map(body: Record<string, unknown>, mode: "live" | "any" = "any") {
  const rawBody = Buffer.from(JSON.stringify(body));
  return { rawBody, mapped: toEnvelopes({ rawBody, body, nowMs }, mode) };
}

const event = {
  id: "evt_1",
  object: "event",
  type: "invoice.payment_failed",
  created: 1_767_225_500,
  livemode: false,
};

describe.each(readdirSync(samples))("the sample %s", (file) => {
  const body = JSON.parse(readFileSync(new URL(file, samples), "utf8")) as Record<string, string>;

  test("maps to one envelope that carries the raw body itself, under a topic of its kind", () => {
    const { mapped, rawBody } = map(body);
    if (!mapped.ok) throw new Error(mapped.reason);
    expect(mapped.externalId).toBe(body.id);
    expect(mapped.envelopes).toHaveLength(1);
    expect(mapped.envelopes[0]?.payload).toBe(rawBody);
    const topic = mapped.envelopes[0]?.topic ?? "";
    expect(topic).toMatch(topicPattern);
    if (handled.includes(body.type ?? ""))
      expect(topic).toBe(`cari.payments.stripe_${body.type?.replaceAll(".", "_")}`);
    else expect([recordedTopic, unsupportedTopic]).toContain(topic);
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ["an unknown type", { ...event, type: "charge.refunded" }, recordedTopic],
  ["a type named like an object's own property", { ...event, type: "constructor" }, recordedTopic],
  [
    "a thin v2 event",
    { ...event, object: "v2.core.event", created: "2026-01-01T00:00:00Z" },
    unsupportedTopic,
  ],
])("%s is recorded under a topic nobody handles", (_name, body, topic) => {
  expect(map(body).mapped).toMatchObject({ ok: true, envelopes: [{ topic }] });
});

test("on a live endpoint a test-mode event is recorded without effect, a live one handled", () => {
  const liveTopic = "cari.payments.stripe_invoice_payment_failed";
  expect(map(event, "live").mapped).toMatchObject({ envelopes: [{ topic: recordedTopic }] });
  expect(map({ ...event, livemode: undefined }, "live").mapped).toMatchObject({
    envelopes: [{ topic: recordedTopic }],
  });
  expect(map({ ...event, livemode: true }, "live").mapped).toMatchObject({
    envelopes: [{ topic: liveTopic }],
  });
});

test("the same event id of two Connect accounts is two events", () => {
  const keys = ["acct_1", "acct_2", undefined].map((account) => {
    const { mapped } = map({ ...event, account });
    return mapped.ok ? mapped.envelopes[0]?.key : null;
  });
  expect(keys).toEqual(["acct_1:evt_1", "acct_2:evt_1", "evt_1"]);
});

test.each<[string, Record<string, unknown>, number]>([
  ["seconds", event, 1_767_225_500_000],
  ["RFC 3339 text", { ...event, created: "2026-01-01T00:00:00.500Z" }, 1_767_225_600_500],
  ["missing", { ...event, created: undefined }, nowMs],
  ["negative", { ...event, created: -1 }, nowMs],
  ["a fraction", { ...event, created: 1.5 }, nowMs],
  ["beyond the year 9999", { ...event, created: 1e15 }, nowMs],
  ["words", { ...event, created: "yesterday" }, nowMs],
])("a creation time that is %s gives a moment the database can hold", (_name, body, expectedMs) => {
  const { mapped } = map(body);
  expect(mapped.ok && mapped.envelopes[0]?.occurredAt.getTime()).toBe(expectedMs);
});

test.each<[string, Record<string, unknown>]>([
  ["no id", { ...event, id: undefined }],
  ["a number as id", { ...event, id: 7 }],
  ["an id with a NUL", { ...event, id: "evt_\0" }],
  ["an endless id", { ...event, id: "e".repeat(201) }],
  ["no type", { ...event, type: undefined }],
  ["a type with spaces", { ...event, type: "invoice paid" }],
  ["an account that is an object", { ...event, account: {} }],
])("an event with %s is malformed", (_name, body) => {
  expect(map(body).mapped).toEqual({ ok: false, reason: expect.stringMatching(/^it[s ]/) });
});
