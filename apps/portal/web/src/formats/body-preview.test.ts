import { expect, test } from "vitest";
import { bodyPreview } from "./body-preview.ts";

const data = { appointment_id: "appt_789", status: "booked" };
const event = {
  id: "evt_1",
  type: "appointment.created",
  created_at: "2026-03-01T12:00:00.000Z",
  data,
  subscription_id: "sub_1",
  thin: { appointment_id: "appt_789", action: "created" },
};

test("each format looks as docs/payload-formats.md shows it", () => {
  expect(bodyPreview("envelope", event)).toBe(
    '{"id":"evt_1","type":"appointment.created","created_at":"2026-03-01T12:00:00.000Z","data":{"appointment_id":"appt_789","status":"booked"},"metadata":{"api_version":"1.0","webhook_subscription_id":"sub_1"}}',
  );
  expect(bodyPreview("event", event)).toBe(
    '{"id":"evt_1","event":"appointment.created","payload":{"appointment_id":"appt_789","status":"booked"}}',
  );
  expect(bodyPreview("flat", event)).toBe(
    '{"event_type":"appointment.created","appointment_id":"appt_789","status":"booked"}',
  );
  expect(JSON.parse(bodyPreview("thin", event) ?? "")).toMatchObject({
    service: "appointment",
    event_time: 1_772_366_400,
    transaction_id: "evt_1",
    data: { appointment_id: "appt_789", action: "created" },
    client_id: "sub_1",
  });
});

test("a flat payload that cannot be flattened goes under data", () => {
  expect(bodyPreview("flat", { ...event, data: { event_type: "other" } })).toBe(
    '{"event_type":"appointment.created","data":{"event_type":"other"}}',
  );
  expect(bodyPreview("flat", { ...event, data: [1] })).toBe(
    '{"event_type":"appointment.created","data":[1]}',
  );
});

test("what a thin body would say is not guessed", () => {
  expect(bodyPreview("thin", { ...event, thin: null })).toBeNull();
});
