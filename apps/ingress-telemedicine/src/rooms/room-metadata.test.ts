import { describe, expect, test } from "vitest";
import { readRoomMetadata } from "./room-metadata.ts";

describe("a room's metadata", () => {
  test.each<[string | undefined, string | null, string | null]>([
    ['{"customer_id":"cus_1","appointment_id":"appt_1"}', "cus_1", "appt_1"],
    ['{"patient_id":"pat_1"}', "pat_1", null],
    ['{"customer_id":"","patient_id":"pat_1"}', "pat_1", null],
    ['{"customer_id":7}', null, null],
    ["not JSON", null, null],
    ["null", null, null],
    ["[]", null, null],
    ['"text"', null, null],
    ['{"__proto__":{"customer_id":"cus_1"}}', null, null],
    [`{"customer_id":"${"c".repeat(256)}"}`, null, null],
    ["", null, null],
    [undefined, null, null],
  ])("%s names customer %s and appointment %s", (metadata, customerId, appointmentId) => {
    expect(readRoomMetadata(metadata)).toEqual({ customerId, appointmentId });
  });
});
