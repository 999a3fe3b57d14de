import { expect, test } from "vitest";
import { z } from "zod";
import { eventTypePattern, topicPattern } from "../envelope.ts";
import { eventTypes } from "./event-types.ts";
import { isReservedType } from "./reserved.ts";
import { topics } from "./topics.ts";

const internal = [...topics.values()].map(({ topic, schema, sample }) => ({
  name: topic,
  schema,
  payload: sample,
}));
const external = [...eventTypes.values()].map(({ type, schema, example }) => ({
  name: type,
  schema,
  payload: example,
}));

test("the catalog holds the topics and event types the platform promises", () => {
  expect([...topics.keys()]).toEqual(
    expect.arrayContaining([
      "cari.auth.user_created",
      "cari.organization.member_added",
      "cari.payments.stripe_checkout_session_completed",
      "cari.payments.stripe_customer_subscription_deleted",
    ]),
  );
});

test.each([
  ["2, Compliance", "compliance", "requirement_created establishment_fulfilled establishment_expired"],
  ["2, Compliance", "compliance", "consultation_scheduled"],
  ["2, Orders", "order", "placed paid shipped delivered cancelled"],
  ["2, Customer", "customer", "created address_changed"],
  ["4, Customer", "customer", "created updated"],
  ["4, Calls", "call", "completed"],
  ["1, Scheduling", "appointment", "booked cancelled rescheduled"],
  ["5, Appointment", "appointment", "created updated completed"],
  ["1, Clinical", "lab_result", "received"],
  ["1, Clinical", "prescription", "created"],
  ["1, Clinical", "clinical_record", "updated"],
  ["5, Prescription", "prescription", "created updated"],
  ["1, Workforce", "leave", "approved"],
  ["1, Mobile Money", "payment", "succeeded failed pending"],
])("seed %s: the catalog has every event type of %s", (_seed, domain, names) => {
  const promised = names.split(" ").map((name) => `${domain}.${name}`);
  expect([...eventTypes.keys()]).toEqual(expect.arrayContaining(promised));
});

test("every event type has a heading, a description, and a JSON Schema for others to read", () => {
  for (const { domain, description, schema } of eventTypes.values()) {
    expect(domain).toMatch(/^[A-Z]/);
    expect(description.length).toBeGreaterThan(5);
    expect(z.toJSONSchema(schema)).toMatchObject({ type: "object", additionalProperties: {} });
  }
});

test.each([
  ["cari.auth.user_created", true],
  ["endpoint.anything", true],
  ["message.attempt.exhausted", true],
  ["message.received", true],
  ["webhook.ping", true],
  ["order.paid", true],
  ["order.weighed", false],
  ["medical-encounters.created", false],
])("an organization may not define %s: %s", (type, reserved) => {
  expect(isReservedType(type)).toBe(reserved);
});

test("names follow the naming rules, and no internal name is public", () => {
  for (const { name } of internal) expect(name).toMatch(topicPattern);
  for (const { name } of external) {
    expect(name).toMatch(eventTypePattern);
    expect(name).not.toMatch(topicPattern);
  }
});

test.each([...internal, ...external])(
  "$name: its example is valid, and unknown fields are kept",
  ({ schema, payload }) => {
    expect(schema.parse(payload)).toEqual(payload);
    const more = { ...payload, added_later: { by: "a newer publisher" } };
    expect(schema.parse(more)).toEqual(more);
  },
);

test.each([...internal, ...external])("$name: a missing required field is refused", ({ schema, payload }) => {
  const required = z.toJSONSchema(schema).required ?? [];
  expect(required.length).toBeGreaterThan(0);
  for (const field of required) {
    const { [field]: _dropped, ...rest } = payload;
    expect(schema.safeParse(rest).success, `without ${field}`).toBe(false);
  }
});

const told = [...topics.values()].filter(({ publicType }) => publicType !== undefined);

test.each(told)(
  "$topic is told as $publicType: a payload of the topic is one of the type",
  ({ schema, sample, publicType }) => {
    const publicSchema = eventTypes.get(String(publicType))?.schema;
    expect(publicSchema?.safeParse(sample)).toMatchObject({ success: true });
    const required = z.toJSONSchema(schema).required ?? [];
    expect(required).toEqual(expect.arrayContaining(z.toJSONSchema(publicSchema!).required ?? []));
  },
);

test.each([
  ["Auth", "cari.auth.user_created"],
  ["Organization", "cari.organization.member_added"],
  ["Scheduling", "cari.scheduling.appointment_booked"],
  ["Scheduling", "cari.scheduling.appointment_cancelled"],
  ["Scheduling", "cari.scheduling.appointment_rescheduled"],
  ["Clinical", "cari.clinical.lab_result_received"],
  ["Clinical", "cari.clinical.prescription_created"],
  ["Clinical", "cari.clinical.clinical_record_updated"],
  ["Workforce", "cari.workforce.leave_approved"],
])("seed 1, %s Events: the catalog has the topic %s", (_heading, topic) => {
  expect(topics.get(topic)?.topic).toBe(topic);
});
