import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesPattern } from "./matches-pattern.ts";
import { parsePayload } from "./parse-payload.ts";

const parse = (value: unknown) => parsePayload(Buffer.from(JSON.stringify(value)));
const data = { appointment_id: "appt_789", patient_id: "pat_456" };
const type = "appointment.created";
const createdAt = new Date("2026-03-01T12:00:00.000Z");
const seconds = createdAt.getTime() / 1_000;
const thin = { service: "appointment", event: type, transaction_id: "evt_1", data };

test.each([
  ["envelope", { id: "evt_1", type, created_at: createdAt, data, metadata: {} }, createdAt, data],
  ["envelope", { id: "evt_1", type, data: null }, null, null],
  ["envelope", { id: "evt_1", type, created_at: "yesterday", data }, null, data],
  ["event", { id: "evt_1", event: type, payload: data }, null, data],
  ["flat", { event_type: type, ...data }, null, data],
  ["flat", { event_type: type }, null, {}],
  ["flat", { event_type: type, data: [1, 2] }, null, [1, 2]],
  ["flat", { event_type: type, data: { event_type: "other", a: 1 } }, null, { event_type: "other", a: 1 }],
  ["flat", { event_type: type, data: { a: 1 } }, null, { data: { a: 1 } }],
  [
    "flat",
    { event_type: type, type: "Encounter", data: { a: 1 } },
    null,
    { type: "Encounter", data: { a: 1 } },
  ],
  ["flat", { event_type: type, id: "o", event: "x", payload: 1 }, null, { id: "o", event: "x", payload: 1 }],
  ["flat", { event_type: type, service: "x", event_time: 1 }, null, { service: "x", event_time: 1 }],
  ["thin", { ...thin, event_time: seconds }, createdAt, data],
  ["thin", { ...thin, event_time: seconds * 1_000 }, createdAt, data],
  ["thin", { ...thin, event_time: createdAt.toISOString() }, createdAt, data],
  ["thin", { ...thin, event: undefined, event_type: type, event_time: seconds }, createdAt, data],
  ["thin", { event_id: "e", payload: { ...thin, event_time: seconds } }, createdAt, data],
])("reads the format %s: %j", (format, body, at, expected) => {
  expect(parse(body)).toEqual({ format, type, createdAt: at, data: expected });
});

test.each([
  ["no JSON", Buffer.from("<xml/>")],
  ["text that is not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ["a list", Buffer.from("[]")],
  ["no event type", Buffer.from('{"data":{}}')],
  ["an event type that is no text", Buffer.from('{"type":7,"data":{}}')],
  ["nothing", Buffer.alloc(0)],
])("refuses %s", (_name, body) => {
  expect(parsePayload(body)).toBeNull();
});

test("a body of any depth is refused, not descended into", () => {
  const depth = 40_000;
  const body = Buffer.from(`${'{"event_id":1,"payload":'.repeat(depth)}{}${"}".repeat(depth)}`);
  expect(parsePayload(body)).toBeNull();
});

test("whatever was signed, nothing is thrown", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((json) => Buffer.from(json)),
      ),
      (body) => {
        const parsed = parsePayload(body);
        if (parsed !== null) expect(parsed.type).not.toBe("");
      },
    ),
  );
});

test("a field named __proto__ stays a field", () => {
  const parsed = parsePayload(Buffer.from('{"event_type":"a.b","__proto__":{"admin":true}}'));
  expect(parsed).not.toBeNull();
  expect((parsed!.data as { admin?: boolean }).admin).toBeUndefined();
});

test.each([
  ["order.paid", "order.paid", true],
  ["order.paid", "order.paid_late", false],
  ["order.*", "order.paid", true],
  ["order.*", "orders.paid", false],
  ["order.*", "order", false],
  ["message.attempt.*", "message.attempt.exhausted", true],
  ["message.*", "message.attempt.exhausted", true],
  ["*", "anything.at_all", true],
])("the pattern %s and the type %s: %s", (pattern, given, expected) => {
  expect(matchesPattern(pattern, given)).toBe(expected);
});
