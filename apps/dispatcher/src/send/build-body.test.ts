import { newId, parsePublicId, publicId } from "@carewire/envelope";
import { expect, test } from "vitest";
import { buildEvent, buildTail } from "./build-body.ts";

const id = newId(Date.parse("2026-03-01T12:00:00Z"));
const subscriptionId = newId(Date.parse("2026-02-01T12:00:00Z"));
const event = {
  id,
  externalId: null,
  type: "order.paid",
  occurredAtMs: Date.parse("2026-03-01T12:00:00.250Z"),
};

function bodyOf(data: Buffer, externalId: string | null = null): Buffer {
  return Buffer.concat([buildEvent({ ...event, externalId, data }).head, buildTail(subscriptionId)]);
}

test("the body is the envelope, byte for byte", () => {
  const subscription = publicId("sub", subscriptionId);
  expect(bodyOf(Buffer.from('{"amount":1}')).toString()).toBe(
    `{"id":"${publicId("evt", id)}","type":"order.paid","created_at":"2026-03-01T12:00:00.250Z",` +
      `"data":{"amount":1},"metadata":{"api_version":"1.0","webhook_subscription_id":"${subscription}"}}`,
  );
});

test.each([
  ["a number past 2^53", '{"n":9007199254740993,"f":1.10}'],
  ["duplicate keys", '{"a":1,"a":2}'],
  ["escapes as written", '{"nul":"\\u0000","u":"\\u00e9\\/"}'],
  ["unicode", '{"name":"Zoë 🩺 \u2028"}'],
  ["blanks and line ends", '{ "a" :\r\n\t[ 1 , 2 ] }'],
  ["a bare value", "null"],
])("data with %s goes out as it came in", (_name, data) => {
  const bytes = Buffer.from(data);
  const body = bodyOf(bytes);
  const start = body.indexOf('"data":') + 7;
  expect(body.subarray(start, start + bytes.length).equals(bytes)).toBe(true);
  expect(() => JSON.parse(body.toString())).not.toThrow();
});

test("the publisher's own id is shown in place of ours, also as message id", () => {
  const built = buildEvent({ ...event, externalId: 'inv"17', data: Buffer.from("{}") });
  expect(built.messageId).toBe('inv"17');
  expect(JSON.parse(bodyOf(Buffer.from("{}"), 'inv"17').toString()).id).toBe('inv"17');
});

test("our own id is the same for every subscription and attempt", () => {
  const data = Buffer.from("{}");
  expect(parsePublicId("evt", buildEvent({ ...event, data }).messageId)).toBe(id);
  expect(buildEvent({ ...event, data })).toEqual(buildEvent({ ...event, data }));
});
