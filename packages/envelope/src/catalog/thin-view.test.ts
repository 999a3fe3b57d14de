import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventTypes } from "./event-types.ts";
import { thinView } from "./thin-view.ts";

describe("a type of the catalog", () => {
  test("shows an appointment's ids in Eka's order, and the action", () => {
    const data = {
      patient_id: "pat_456",
      appointment_id: "appt_789",
      partner_patient_id: "p-1",
      doctor_id: "dr_abc",
      status: "booked",
      clinic_id: "clinic_12",
    };
    expect(JSON.stringify(thinView("appointment.created", data))).toBe(
      '{"appointment_id":"appt_789","doctor_id":"dr_abc","patient_id":"pat_456","partner_patient_id":"p-1",' +
        '"clinic_id":"clinic_12","action":"created"}',
    );
  });

  test.each([
    ["appointment.created", "created"],
    ["appointment.updated", "modified"],
    ["appointment.completed", "completed"],
    ["prescription.updated", "updated"],
    ["customer.address_changed", "address_changed"],
  ])("%s is the action %s", (type, action) => {
    expect(thinView(type, {})).toEqual({ action });
  });

  test("shows no id that its schema does not name, however it is called", () => {
    const data = { prescription_id: "rx_1", patient_id: "pat_1", national_id: "1234", id: "x", action: "y" };
    expect(thinView("prescription.created", data)).toEqual({
      prescription_id: "rx_1",
      patient_id: "pat_1",
      action: "created",
    });
  });

  test.each([...eventTypes.values()])("$type: its example keeps an id, and nothing that is none", (entry) => {
    const { action, ...ids } = thinView(entry.type, entry.example);
    expect(action).not.toBe("");
    expect(Object.keys(ids).length).toBeGreaterThan(0);
    for (const field of Object.keys(ids)) expect(field).toMatch(/(^|_)id$/);
  });
});

describe("a type of an organization's own", () => {
  test("shows its ids as they are, and the last word of the type", () => {
    const data = {
      id: "enc-1",
      patient_id: 42,
      diagnosis: "J45",
      patient: { id: "nested" },
      name: "Jo",
      paid: true,
      void_id: null,
      list_id: ["a"],
    };
    expect(thinView("medical-encounters.created", data)).toEqual({
      id: "enc-1",
      patient_id: 42,
      action: "created",
    });
  });

  test.each([
    ["an e-mail address", "jo@example.org"],
    ["a name", "Jo Doe"],
    ["a line break", "a\nb"],
    ["more than 255 characters", "x".repeat(256)],
    ["nothing", ""],
    ["a fraction", 1.5],
    ["a number that lost digits", 2 ** 53],
  ])("leaves out an id that holds %s", (_name, value) => {
    expect(thinView("lead.captured", { email_id: value })).toEqual({ action: "captured" });
  });

  test("shows 32 ids at most", () => {
    const data = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a${i}_id`, i]));
    expect(Object.keys(thinView("x.y", data))).toHaveLength(33);
  });
});

test.each([undefined, null, "text", 7, true, [{ id: "a" }]])(
  "of %j, which is no object, only the action is left",
  (data) => {
    expect(thinView("order.paid", data)).toEqual({ action: "paid" });
    expect(thinView("own.done", data)).toEqual({ action: "done" });
  },
);

test("no text of a payload gets out except through an id", () => {
  const types = fc.constantFrom("own.done", "appointment.created", "order.paid");
  fc.assert(
    fc.property(types, fc.dictionary(fc.string(), fc.jsonValue()), (type, data) => {
      const { action: _action, ...ids } = thinView(type, data);
      for (const [field, value] of Object.entries(ids)) {
        expect(field).toMatch(/(^|_)id$/);
        expect(["string", "number"]).toContain(typeof value);
        expect(data[field]).toBe(value);
      }
    }),
  );
});
