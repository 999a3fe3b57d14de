import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { change, message, nowSeconds, phoneNumberId, request, status } from "../../testing/requests.ts";
import { messageItemSchema } from "./item-schemas.ts";
import { partsMax, payloadBytesMax, toEnvelopes } from "./to-envelopes.ts";
import { messageTopic, recordedTopic, statusTopic, unknownNumberTopic } from "./whatsapp-topics.ts";

const nowMs = (nowSeconds + 10) * 1_000;
const isOurs = (number: string) => number === phoneNumberId;

function map(body: unknown) {
  const rawBody = Buffer.from(JSON.stringify(body));
  return toEnvelopes({ rawBody, body: JSON.parse(rawBody.toString()), nowMs }, isOurs);
}

/** Topic, key and readable payload of every envelope. */
function envelopesOf(body: unknown) {
  const mapped = map(body);
  if (!mapped.ok) throw new Error(mapped.reason);
  return mapped.envelopes.map(({ topic, key, occurredAt, payload }) => ({
    topic,
    key,
    occurredAt,
    payload: JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>,
  }));
}

const topicsAndKeys = (body: unknown) => envelopesOf(body).map(({ topic, key }) => [topic, key]);

test("one request is one envelope per message and per status, each with a key of its own", () => {
  const body = request(
    change({ messages: [message("wamid.1"), message("wamid.2")] }),
    change({ statuses: [status("wamid.3", "delivered"), status("wamid.3", "read", 1)] }),
  );
  expect(topicsAndKeys(body)).toEqual([
    [messageTopic, `${phoneNumberId}:wamid.1`],
    [messageTopic, `${phoneNumberId}:wamid.2`],
    [statusTopic, `${phoneNumberId}:wamid.3:delivered:${nowSeconds}`],
    [statusTopic, `${phoneNumberId}:wamid.3:read:${nowSeconds + 1}`],
  ]);
});

const contacts = [
  { wa_id: "1999", profile: { name: "Somebody else" } },
  { wa_id: "16505551234", user_id: "US.1", profile: { name: "Renée" } },
];

test("an envelope is the request Meta would have sent of this item alone, with Meta's time", () => {
  const messages = [message("wamid.1", { later: [1.5] }), message("wamid.2", { from: "1888" })];
  const [first, second] = envelopesOf(request(change({ contacts, messages })));
  expect(first?.occurredAt).toEqual(new Date(nowSeconds * 1_000));
  expect(first?.payload).toEqual(
    request(change({ contacts: [contacts[1]], messages: [message("wamid.1", { later: [1.5] })] })),
  );
  expect(second?.payload).toEqual(request(change({ messages: [message("wamid.2", { from: "1888" })] })));
});

test.each<[string, object]>([
  ["message", { contacts, messages: [message("wamid.1")] }],
  ["status", { statuses: [status("wamid.1", "read")] }],
])(
  "a request of one %s is its envelope as it came, byte for byte, so that it is stored once",
  (_name, value) => {
    const body = request(change(value));
    const rawBody = Buffer.from(JSON.stringify(body, null, 2));
    const mapped = toEnvelopes({ rawBody, body, nowMs }, isOurs);
    expect(mapped.ok && mapped.envelopes.map(({ payload }) => payload === rawBody)).toEqual([true]);
  },
);

test("alone or among others, an item is compared by the same bytes", () => {
  const comparedOf = (body: object) => {
    const mapped = map(body);
    return mapped.ok ? mapped.envelopes.map(({ key, compared }) => `${key} ${compared}`) : [];
  };
  const [alone] = comparedOf(request(change({ messages: [message("wamid.1")] })));
  expect(alone).toContain("wamid.1");
  expect(
    comparedOf(request(change({ contacts, messages: [message("wamid.2"), message("wamid.1")] }))),
  ).toContain(alone);
});

test("a sender who hides the phone number is found by Meta's id", () => {
  const contacts = [{ user_id: "US.1", profile: { username: "ada" } }, { user_id: "US.2" }];
  const hidden = message("wamid.1", { from: undefined, from_user_id: "US.2" });
  const [, envelope] = envelopesOf(request(change({ contacts, messages: [message("wamid.2"), hidden] })));
  const { contact, message: read } = messageItemSchema.parse(envelope?.payload);
  expect([contact?.user_id, read.from_user_id]).toEqual(["US.2", "US.2"]);
});

test("the same item has the same key whatever request it comes in", () => {
  const alone = topicsAndKeys(request(change({ statuses: [status("wamid.3", "read")] })));
  const among = topicsAndKeys(
    request(change({ messages: [message("m")], statuses: [status("wamid.3", "read")] })),
  );
  expect(among).toContainEqual(alone[0]);
});

describe("an item that is not what it should be", () => {
  const good = [message("wamid.1"), message("wamid.2")] as const;
  test.each<[string, unknown]>([
    ["null", null],
    ["a number", 7],
    ["text", "wamid.x"],
    ["a list", []],
    ["without an id", message("x", { id: undefined })],
    ["with a number as id", message("x", { id: 7 })],
    ["with a NUL in its id", message("wamid.\0")],
    ["with an endless id", message("w".repeat(256))],
    ["with blanks in its id", message("wamid 1")],
  ])("(%s) goes its own way under a key of its bytes, and the others theirs", (_name, poison) => {
    const [first, bad, last] = envelopesOf(request(change({ messages: [good[0], poison, good[1]] })));
    expect([first?.key, last?.key]).toEqual([`${phoneNumberId}:wamid.1`, `${phoneNumberId}:wamid.2`]);
    expect(bad?.topic).toBe(messageTopic);
    expect(bad?.key).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["without a status", status("wamid.1", "read", 0, { status: undefined })],
    ["with a number as status", status("wamid.1", "read", 0, { status: 3 })],
    ["without a time", status("wamid.1", "read", 0, { timestamp: undefined })],
    ["with a number as time", status("wamid.1", "read", 0, { timestamp: nowSeconds })],
    ["with a time in milliseconds", status("wamid.1", "read", 0, { timestamp: `${nowSeconds}000` })],
  ])("(a status that is %s) is known by its bytes", (_name, poison) => {
    const [bad, good] = envelopesOf(request(change({ statuses: [poison, status("wamid.2", "read")] })));
    expect([bad?.topic, good?.topic]).toEqual([statusTopic, statusTopic]);
    expect(bad?.key).toMatch(/^sha256:/);
    expect(bad?.occurredAt.getTime()).toBeOneOf([nowMs, nowSeconds * 1_000]);
  });

  test.each<[string, unknown]>([
    [
      "an entry that is null",
      { object: "whatsapp_business_account", entry: [null, ...request(change({ messages: good })).entry] },
    ],
    ["a change that is text", request("what", change({ messages: good }))],
    ["a change without a value", request({ field: "messages" }, change({ messages: good }))],
    ["a value that is a list", request({ field: "messages", value: [] }, change({ messages: good }))],
  ])("(%s) is recorded alone", (_name, body) => {
    expect(envelopesOf(body).map(({ topic }) => topic)).toEqual([recordedTopic, messageTopic, messageTopic]);
  });

  test("never changes the keys or payloads of the items around it", () => {
    const poison = fc.oneof(
      fc.jsonValue(),
      fc.record({ id: fc.jsonValue(), timestamp: fc.jsonValue(), status: fc.jsonValue() }),
    );
    const expected = envelopesOf(request(change({ messages: good })));
    fc.assert(
      fc.property(fc.array(poison, { maxLength: 5 }), fc.nat(2), (poisons, at) => {
        const messages: unknown[] = [...good];
        messages.splice(at, 0, ...poisons);
        const found = envelopesOf(request(change({ messages, statuses: poisons })));
        expect(found.filter(({ key }) => /wamid\.[12]$/.test(key))).toEqual(expected);
        expect(found).toHaveLength(2 + 2 * poisons.length);
      }),
    );
  });
});

test.each<[string, unknown]>([
  ["a template's status", request({ field: "message_template_status_update", value: { event: "APPROVED" } })],
  ["an account update", request({ field: "account_update", value: { event: "VERIFIED_ACCOUNT" } })],
  ["errors without messages", request(change({ errors: [{ code: 130429 }] }))],
  ["a change without items", request(change({}))],
  ["lists that are none", request(change({ messages: {}, statuses: 7 }))],
  ["no change at all", request()],
  ["no entry at all", { object: "whatsapp_business_account", entry: [] }],
  ["another product's webhook", { object: "page", entry: [{ id: "1", changes: [] }] }],
  ["a status of next year", request(change({ statuses: [status("wamid.1", "forwarded")] }))],
])("%s is recorded", (_name, body) => {
  expect(envelopesOf(body).map(({ topic }) => topic)).toEqual([recordedTopic]);
});

test("errors beside messages are recorded beside them", () => {
  const body = request(change({ messages: [message("wamid.1")], errors: [{ code: 130429 }] }));
  expect(envelopesOf(body).map(({ topic }) => topic)).toEqual([messageTopic, recordedTopic]);
});

test("what came to a number that is not ours is recorded, and what came to ours is not held up", () => {
  const body = request(
    change({ messages: [message("wamid.1"), message("wamid.2")] }, "999"),
    change({ messages: [message("wamid.3")] }),
  );
  expect(envelopesOf(body).map(({ topic }) => topic)).toEqual([unknownNumberTopic, messageTopic]);
});

test("a change that does not say which number goes to those who dead-letter it", () => {
  const body = request({ field: "messages", value: { messages: [message("wamid.1")] } });
  expect(topicsAndKeys(body)).toEqual([[messageTopic, expect.stringMatching(/^sha256:/)]]);
});

test.each<[string, unknown, RegExp]>([
  ["no entries", { object: "whatsapp_business_account" }, /no list of entries/],
  ["entries that are no list", { object: "whatsapp_business_account", entry: {} }, /no list of entries/],
  ["too many items", request(change({ statuses: Array(partsMax).fill(0) })), /more than \d+ parts/],
  ["too many entries", { object: "whatsapp_business_account", entry: Array(partsMax + 1).fill(0) }, /parts/],
  [
    "items that repeat a large contact",
    request(
      change({
        contacts: [{ wa_id: "16505551234", profile: { name: "n".repeat(payloadBytesMax / 500) } }],
        messages: Array.from({ length: 501 }, (_, i) => message(`wamid.${i}`)),
      }),
    ),
    /larger than/,
  ],
])("a request with %s is malformed", (_name, body, reason) => {
  expect(map(body)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});

test("anything that is JSON is mapped or malformed, and never throws", () => {
  const value = fc.record({
    metadata: fc.jsonValue(),
    messages: fc.jsonValue(),
    statuses: fc.jsonValue(),
    contacts: fc.jsonValue(),
  });
  const entry = fc.oneof(
    fc.jsonValue(),
    fc.record({
      changes: fc.array(fc.oneof(fc.jsonValue(), fc.record({ field: fc.constant("messages"), value }))),
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(entry)), (entries) => {
      const mapped = map({ object: "whatsapp_business_account", entry: entries });
      if (!mapped.ok) return;
      expect(mapped.envelopes.length).toBeGreaterThan(0);
      for (const { payload } of mapped.envelopes) JSON.parse(Buffer.from(payload).toString());
    }),
  );
});
