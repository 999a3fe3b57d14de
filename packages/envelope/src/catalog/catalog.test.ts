import { expect, test } from "vitest";
import { z } from "zod";
import { eventTypePattern, topicPattern } from "../envelope.ts";
import { eventTypes } from "./event-types.ts";
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
  expect([...eventTypes.keys()]).toEqual(
    expect.arrayContaining([
      "order.placed",
      "payment.failed",
      "compliance.establishment_fulfilled",
      "call.completed",
    ]),
  );
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
