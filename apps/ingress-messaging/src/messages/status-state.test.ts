import fc from "fast-check";
import { expect, test } from "vitest";
import { statusItemSchema } from "../providers/whatsapp/item-schemas.ts";
import { change, nowSeconds, phoneNumberId, request, status } from "../testing/requests.ts";
import { type StatusName, statusNames } from "./status-names.ts";
import { changeStatus, readStatus, type StatusState } from "./status-state.ts";

const at = (seconds: number) => new Date((nowSeconds + seconds) * 1_000);
const read = (name: string, seconds: number, more: object = {}) =>
  readStatus(
    statusItemSchema.parse(request(change({ statuses: [status("wamid.1", name, seconds, more)] }))),
    "event",
  );

/** Applies updates in this order; returns the state and what was told. */
function apply(updates: StatusState[]): { state: StatusState | null; told: string[] } {
  let state: StatusState | null = null;
  const told: string[] = [];
  for (const update of updates) {
    const change = changeStatus(state, update);
    state = change.state;
    told.push(...change.events.map(({ type }) => type));
  }
  return { state, told };
}

test.each<[StatusName[], StatusName, string[]]>([
  [["sent", "delivered", "read"], "read", ["message.sent", "message.delivered", "message.read"]],
  [["read", "delivered", "sent"], "read", ["message.read"]],
  [["sent", "read"], "read", ["message.sent", "message.read"]],
  [["delivered", "sent"], "delivered", ["message.delivered"]],
  [["sent", "failed"], "failed", ["message.sent", "message.failed"]],
  [["failed", "sent"], "failed", ["message.failed"]],
  [["failed", "delivered"], "delivered", ["message.failed", "message.delivered"]],
  [["delivered", "failed"], "delivered", ["message.delivered"]],
  [["read", "failed"], "read", ["message.read"]],
  [["read", "played"], "played", ["message.read"]],
  [["read", "deleted"], "deleted", ["message.read"]],
])("%j ends as %s and tells %j", (order, standing, told) => {
  // Told late or not, each happened when Meta says: in the order of the ranks.
  const result = apply(order.map((name) => read(name, statusNames.indexOf(name))));
  expect(result.state?.status).toBe(standing);
  expect(result.state?.stateAt).toEqual(at(statusNames.indexOf(standing)));
  expect(result.told).toEqual(told);
});

test("every status keeps its own time, also one that was overtaken", () => {
  const { state } = apply([read("read", 9), read("delivered", 5), read("sent", 1), read("delivered", 6)]);
  expect(state?.times).toEqual({
    sent: at(1),
    failed: null,
    delivered: at(5),
    read: at(9),
    played: null,
    deleted: null,
  });
});

test("a failure keeps Meta's code and tells it", () => {
  const [event] = changeStatus(null, read("failed", 1, { errors: [{ code: 131026, title: "…" }] })).events;
  expect(event).toMatchObject({ type: "message.failed", data: { error_code: 131026 } });
  expect(changeStatus(null, read("failed", 1)).events[0]?.data).not.toHaveProperty("error_code");
});

test("a recipient may be known by phone, by Meta's id, or both; nobody is told what is not known", () => {
  const byPhone = read("sent", 1);
  const byId = read("delivered", 2, { recipient_id: undefined, recipient_user_id: "US.1" });
  expect(changeStatus(null, byId).events[0]?.data).toEqual({
    message_id: "wamid.1",
    channel: "whatsapp",
    phone_number_id: phoneNumberId,
    recipient_id: "US.1",
  });
  expect(apply([byPhone, byId]).state).toMatchObject({
    recipientPhone: "16505551234",
    recipientUserId: "US.1",
  });
});

test("order and repeats make no difference to the state, and no status is told twice", () => {
  const update = fc.record({
    name: fc.constantFrom(...statusNames),
    seconds: fc.integer({ min: 0, max: 4 }),
  });
  const orders = fc
    .array(update, { minLength: 1, maxLength: 8 })
    .map((updates) => updates.map(({ name, seconds }) => read(name, seconds)))
    .chain((updates) =>
      fc.tuple(
        fc.constant(updates),
        fc.shuffledSubarray([...updates, ...updates], { minLength: updates.length * 2 }),
      ),
    );
  fc.assert(
    fc.property(orders, ([updates, shuffled]) => {
      const one = apply(updates);
      const other = apply(shuffled);
      expect(other.state).toEqual(one.state);
      for (const { told } of [one, other]) expect(new Set(told).size).toBe(told.length);
    }),
  );
});
