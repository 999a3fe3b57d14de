import { newId, parsePublicId, publicId } from "@carewire/envelope";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyOf, buildEvent, buildTail, type EventContent, type PayloadFormat } from "./build-body.ts";

const id = newId(Date.parse("2026-03-01T12:00:02Z"));
const organizationId = newId(Date.parse("2026-01-01T12:00:00Z"));
const subscriptionId = newId(Date.parse("2026-02-01T12:00:00Z"));
const event = {
  id,
  organizationId,
  externalId: null,
  type: "order.paid",
  occurredAtMs: Date.parse("2026-03-01T12:00:00.250Z"),
};
const [messageId, subscription] = [publicId("evt", id), publicId("sub", subscriptionId)];

function bodyIn(format: PayloadFormat, data: string | Buffer, more: Partial<EventContent> = {}): Buffer {
  const built = buildEvent({ ...event, data: Buffer.from(data), ...more });
  return bodyOf(built, format, buildTail(format, subscriptionId));
}

describe("byte for byte", () => {
  test("envelope", () => {
    expect(bodyIn("envelope", '{"amount":1}').toString()).toBe(
      `{"id":"${messageId}","type":"order.paid","created_at":"2026-03-01T12:00:00.250Z",` +
        `"data":{"amount":1},"metadata":{"api_version":"1.0","webhook_subscription_id":"${subscription}"}}`,
    );
  });

  test("event, as MYCURE documents it", () => {
    expect(bodyIn("event", '{"encounter": 1}', { type: "medical-encounters.created" }).toString()).toBe(
      `{"id":"${messageId}","event":"medical-encounters.created","payload":{"encounter": 1}}`,
    );
  });

  test("flat, as careCycle documents it", () => {
    expect(bodyIn("flat", '{"id":"c-1", "email":null}', { type: "customer.updated" }).toString()).toBe(
      '{"event_type":"customer.updated","id":"c-1", "email":null}',
    );
  });

  test("thin, as Eka documents it: ids and action, whatever else the payload holds", () => {
    const data = '{"patient_id":"p-1","appointment_id":"a-1","name":"Zoë","status":"booked"}';
    expect(bodyIn("thin", data, { type: "appointment.created" }).toString()).toBe(
      '{"service":"appointment","event":"appointment.created","event_time":1772366400,' +
        `"transaction_id":"${messageId}","timestamp":1772366402,"business_id":"${publicId("org", organizationId)}",` +
        `"data":{"appointment_id":"a-1","patient_id":"p-1","action":"created"},"client_id":"${subscription}"}`,
    );
  });
});

const oddData: [string, string][] = [
  ["a number past 2^53", '{"n":9007199254740993,"f":1.10}'],
  ["duplicate keys", '{"a":1,"a":2}'],
  ["escapes as written", '{"nul":"\\u0000","u":"\\u00e9\\/","half":"\\ud800"}'],
  ["unicode", '{"name":"Zoë 🩺 \u2028"}'],
  ["blanks and line ends", '{ "a" :\r\n\t[ 1 , 2 ] }'],
  ["50,000 levels", `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
  ["a key called __proto__", '{"__proto__":{"event_type":"x"}}'],
];

describe.each([
  ["envelope", '"data":'],
  ["event", '"payload":'],
  ["flat", '{"event_type":"order.paid",'],
] as const)("%s", (format, before) => {
  test.each(oddData)("sends data with %s as it came in", (_name, data) => {
    const bytes = Buffer.from(format === "flat" ? data.slice(1) : data);
    const body = bodyIn(format, data);
    const start = body.indexOf(before) + before.length;
    expect(body.subarray(start, start + bytes.length).equals(bytes)).toBe(true);
    expect(() => JSON.parse(body.toString())).not.toThrow();
  });

  test("any payload comes out of the body as it went in", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.integer({ min: 0, max: 3 }),
        (data, indent) => {
          const text = JSON.stringify(data, null, indent);
          const body = JSON.parse(bodyIn(format, text).toString());
          const expected = JSON.parse(text);
          if (format === "envelope") expect(body.data).toEqual(expected);
          if (format === "event") expect(body.payload).toEqual(expected);
          if (format !== "flat") return;
          expect(body.event_type).toBe("order.paid");
          if (Object.hasOwn(expected, "event_type")) expect(body.data).toEqual(expected);
          else expect(body).toEqual({ ...expected, event_type: "order.paid" });
        },
      ),
    );
  });
});

describe("flat", () => {
  test.each([
    ["an empty object", "{}", '{"event_type":"order.paid"}'],
    ["an empty object with blanks", " { }\n", '{"event_type":"order.paid" }\n'],
    ["blanks in front", '\n {"a":1}', '{"event_type":"order.paid","a":1}'],
    [
      "event_type deeper down",
      '{"a":{"event_type":"x"}}',
      '{"event_type":"order.paid","a":{"event_type":"x"}}',
    ],
    ["the same event_type already", '{"a":1,"event_type":"order.paid"}', '{"a":1,"event_type":"order.paid"}'],
    ["another event_type", '{"event_type":"x"}', '{"event_type":"order.paid","data":{"event_type":"x"}}'],
    [
      "event_type twice, the last one the same",
      '{"event_type":"x","event_type":"order.paid"}',
      '{"event_type":"order.paid","data":{"event_type":"x","event_type":"order.paid"}}',
    ],
    [
      "event_type twice, once written with escapes",
      '{"event\\u005ftype":"order.paid","event_type":"order.paid"}',
      '{"event_type":"order.paid","data":{"event\\u005ftype":"order.paid","event_type":"order.paid"}}',
    ],
    [
      "the same event_type once more deeper down",
      '{"event_type":"order.paid","a":{"event_type":"x"}}',
      '{"event_type":"order.paid","a":{"event_type":"x"}}',
    ],
    [
      "event_type written with escapes",
      '{"event\\u005ftype":1}',
      '{"event_type":"order.paid","data":{"event\\u005ftype":1}}',
    ],
    ["a list", "[1]", '{"event_type":"order.paid","data":[1]}'],
    ["a bare value", "null", '{"event_type":"order.paid","data":null}'],
    ["what is no JSON", "{oops", '{"event_type":"order.paid","data":{oops}'],
  ])("%s", (_name, data, body) => {
    expect(bodyIn("flat", data).toString()).toBe(body);
  });
});

describe("thin", () => {
  const dataOf = (data: string) => JSON.parse(bodyIn("thin", data, { type: "own.done" }).toString()).data;

  test.each([
    ["what is no JSON", "{oops"],
    ["bytes that are no text", Buffer.from([0xff, 0xfe]).toString("latin1")],
    ["50,000 levels and a long number", `[${"[".repeat(50_000)}1234567890123456789${"]".repeat(50_000)}]`],
    ["a list", '[{"id":"1"}]'],
    ["nothing", ""],
  ])("survives %s with the action alone", (_name, data) => {
    expect(dataOf(data)).toEqual({ action: "done" });
  });

  test("of a type of one word, that word is service and action", () => {
    const body = JSON.parse(bodyIn("thin", "{}", { type: "ping" }).toString());
    expect(body).toMatchObject({ service: "ping", data: { action: "ping" } });
  });

  test("keeps every digit of an id past 2^53, as text", () => {
    expect(dataOf('{"order_id":9007199254740993,"line_id":7}')).toEqual({
      order_id: "9007199254740993",
      line_id: 7,
      action: "done",
    });
  });

  test("sends no part of any payload but ids", () => {
    const secretText = fc.stringMatching(/^[a-z]{12}$/);
    fc.assert(
      fc.property(
        fc.dictionary(secretText, fc.oneof(secretText, fc.array(secretText))),
        secretText,
        (data, hidden) => {
          const text = bodyIn("thin", JSON.stringify({ ...data, note: hidden, patient_id: "p-1" }), {
            type: "own.done",
          });
          for (const word of [hidden, ...Object.keys(data), ...Object.values(data).flat()]) {
            expect(text.includes(word)).toBe(false);
          }
          expect(text.includes('"patient_id":"p-1"')).toBe(true);
        },
      ),
    );
  });
});

test("the publisher's own id is shown in place of ours, also as message id", () => {
  const content = { ...event, externalId: 'inv"17', data: Buffer.from("{}") };
  expect(buildEvent(content).messageId).toBe('inv"17');
  const shown = { envelope: "id", event: "id", thin: "transaction_id" } as const;
  for (const format of ["envelope", "event", "thin"] as const) {
    expect(JSON.parse(bodyIn(format, "{}", content).toString())[shown[format]]).toBe('inv"17');
  }
});

test("our own id is the same for every subscription and attempt", () => {
  const data = Buffer.from("{}");
  expect(parsePublicId("evt", buildEvent({ ...event, data }).messageId)).toBe(id);
});

test.each(["envelope", "event", "flat", "thin"] as const)(
  "%s: what deliveries share is built once",
  (format) => {
    const built = buildEvent({ ...event, data: Buffer.from('{"a_id":1}') });
    expect(built.shared(format)).toBe(built.shared(format));
    const tail = buildTail(format, subscriptionId);
    const other = buildTail(format, newId(Date.parse("2026-02-02T12:00:00Z")));
    if (tail === null) expect(bodyOf(built, format, tail)).toBe(built.shared(format));
    else expect(bodyOf(built, format, tail).equals(bodyOf(built, format, other))).toBe(false);
  },
);
