import { liveKitTopic } from "@carewire/envelope";
import { expect, test } from "vitest";
import { participantEvents, recordedTopic, roomEvents, topicOf, trackEvents } from "./livekit-topics.ts";
import { toEnvelopes } from "./to-envelopes.ts";

const nowMs = 1_767_225_600_000;
const event = { event: "room_started", id: "EV_1", createdAt: "1767225500", room: { sid: "RM_1" } };

function map(body: Record<string, unknown>) {
  const rawBody = Buffer.from(JSON.stringify(body));
  return { rawBody, mapped: toEnvelopes({ rawBody, body, nowMs }) };
}

test("an event is one envelope: the raw body, known by LiveKit's id, at LiveKit's time", () => {
  const { rawBody, mapped } = map(event);
  expect(mapped).toEqual({
    ok: true,
    externalId: "EV_1",
    envelopes: [
      {
        topic: "cari.telemedicine.livekit_room_started",
        key: "EV_1",
        occurredAt: new Date(1_767_225_500_000),
        payload: rawBody,
      },
    ],
  });
  // The same reference, so that it is stored once.
  expect(mapped.ok && mapped.envelopes[0]?.payload).toBe(rawBody);
});

test.each([...roomEvents, ...participantEvents, ...trackEvents])("%s travels under its own topic", (name) => {
  expect(topicOf(name)).toBe(liveKitTopic(name));
});

test.each([
  "egress_started",
  "egress_updated",
  "egress_ended",
  "ingress_started",
  "ingress_ended",
  "agent_job_started",
  "agent_job_ended",
  "something_of_next_year",
])("%s is recorded", (name) => {
  expect(map({ ...event, event: name }).mapped).toMatchObject({ envelopes: [{ topic: recordedTopic }] });
});

test.each<[string, unknown]>([
  ["no id", undefined],
  ["an empty id", ""],
  ["a number as id", 7],
  ["an id with a NUL", "EV_\0"],
  ["an endless id", "E".repeat(201)],
])("an event with %s is known by its bytes instead of being lost", (_name, id) => {
  const keys = [map({ ...event, id }), map({ ...event, id }), map({ ...event, id, more: 1 })].map(
    ({ mapped }) => mapped.ok && mapped.envelopes[0]?.key,
  );
  expect(keys[0]).toMatch(/^sha256-[0-9a-f]{64}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

test.each<[string, unknown, number]>([
  ["text, as protobuf writes 64 bits", "1767225500", 1_767_225_500_000],
  ["a number", 1_767_225_500, 1_767_225_500_000],
  ["missing", undefined, nowMs],
  ["zero, which means not set", "0", nowMs],
  ["negative", "-1", nowMs],
  ["a fraction", 1.5, nowMs],
  ["words", "yesterday", nowMs],
  ["beyond the year 9999", "999999999999", nowMs],
])("a creation time that is %s gives a moment the database can hold", (_name, createdAt, expectedMs) => {
  const { mapped } = map({ ...event, createdAt });
  expect(mapped.ok && mapped.envelopes[0]?.occurredAt.getTime()).toBe(expectedMs);
});

test.each<[string, unknown]>([
  ["no name", undefined],
  ["an empty name", ""],
  ["a number as name", 7],
  ["a name with spaces", "room started"],
  ["an endless name", "r".repeat(129)],
])("an event with %s is malformed", (_name, name) => {
  expect(map({ ...event, event: name }).mapped).toEqual({ ok: false, reason: "it has no usable event name" });
});
