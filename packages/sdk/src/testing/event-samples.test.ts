import { readFileSync } from "node:fs";
import { type EventTypeEntry, eventTypes, thinView } from "@carewire/envelope";
import { describe, expect, test } from "vitest";
import { buildBody } from "./build-body.ts";
import { buildEvent } from "./build-event.ts";
import { renderEventSamples } from "./generate/render-event-samples.ts";

const types = [...eventTypes.values()] as EventTypeEntry[];

test("the samples are those of the catalog as it is now; if not: npm run generate:samples", () => {
  const checkedIn = readFileSync(new URL("./event-samples.generated.ts", import.meta.url), "utf8");
  expect(checkedIn).toBe(renderEventSamples());
});

describe.each(types.map((entry) => ({ type: entry.type, entry })))("$type", ({ type, entry }) => {
  test("is built with a payload that its schema accepts, and thin with the ids the platform shows", () => {
    const event = buildEvent(type);
    expect(entry.schema.safeParse(event.data).success).toBe(true);
    expect(event.data).not.toBe(buildEvent(type).data);
    const more = buildEvent(type, { data: { patient_name: "Jane", other_id: "o", appointment_id: "a b" } });
    for (const { data } of [event, more]) {
      const thin = JSON.parse(buildBody({ ...event, data }, "thin")) as { data: object };
      expect(thin.data).toEqual(thinView(type, data));
    }
  });
});

test("the guide's example comes out as the guide shows it, in every format", () => {
  const guide = readFileSync(new URL("../../../../docs/payload-formats.md", import.meta.url), "utf8");
  const event = {
    id: "evt_01kjmma2zme008000000000001",
    type: "appointment.created",
    createdAt: new Date("2026-03-01T12:00:00Z"),
    data: { appointment_id: "appt_789", patient_id: "pat_456", doctor_id: "dr_abc", status: "booked" },
  };
  for (const format of ["envelope", "event", "flat", "thin"] as const) {
    expect(guide).toContain(`\n${buildBody(event, format)}\n`);
  }
});

test("what cannot be flattened goes under data, and what says its type already stays as it is", () => {
  const flat = (data: unknown) =>
    JSON.parse(buildBody({ ...buildEvent("order.paid"), data }, "flat")) as object;
  expect(flat([1])).toEqual({ event_type: "order.paid", data: [1] });
  expect(flat({ event_type: "other" })).toEqual({ event_type: "order.paid", data: { event_type: "other" } });
  expect(flat({ event_type: "order.paid", a: 1 })).toEqual({ event_type: "order.paid", a: 1 });
});

test("types of one's own take the data they are given, and must be given some", () => {
  const event = buildEvent("lab.sample-taken", { data: { sample_id: "s1", name: "Jane" } });
  expect(event.data).toEqual({ sample_id: "s1", name: "Jane" });
  const thin = JSON.parse(buildBody(event, "thin")) as { data: object };
  expect(thin.data).toEqual(thinView(event.type, event.data));
  expect(() => buildEvent("lab.sample-taken")).toThrow(/data/);
  expect(() => buildEvent("toString")).toThrow(/data/);
});
