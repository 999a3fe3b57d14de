import fc from "fast-check";
import { expect, test } from "vitest";
import { type EmailState, mergeEmail, readEmailEvent, statusOf } from "./email-state.ts";

const at = (second: number): string => new Date(1_767_225_600_000 + second * 1_000).toISOString();

function read(type: string, second = 0, more: object = {}): EmailState {
  const payload = { type, created_at: at(second), data: { email_id: "e-1", ...more } };
  const state = readEmailEvent(payload);
  if (state === null) throw new Error(`${type} says nothing`);
  return state;
}

const apply = (events: EmailState[]): EmailState =>
  events.reduce<EmailState | null>((state, event) => mergeEmail(state, event).state, null) as EmailState;

test.each([
  [["email.scheduled"], "scheduled"],
  [["email.scheduled", "email.sent"], "sent"],
  [["email.sent", "email.delivery_delayed"], "delayed"],
  [["email.delivered", "email.sent"], "delivered"],
  [["email.delivery_delayed", "email.delivered"], "delivered"],
  [["email.sent", "email.opened"], "delivered"],
  [["email.clicked"], "delivered"],
  [["email.failed", "email.sent"], "failed"],
  [["email.suppressed"], "suppressed"],
  [["email.bounced", "email.sent", "email.delivered"], "bounced"],
  [["email.complained", "email.delivered", "email.opened"], "complained"],
])("after %j, in whatever order, an e-mail is %s", (types, status) => {
  expect(statusOf(apply(types.map((type) => read(type))))).toBe(status);
  expect(statusOf(apply(types.toReversed().map((type) => read(type))))).toBe(status);
});

test.each(["email.received", "email.moved", "email.", "sent", "constructor", "email.constructor"])(
  "%s says nothing of a sent e-mail's fate",
  (type) => {
    expect(readEmailEvent({ type, created_at: at(0), data: { email_id: "e-1" } })).toBeNull();
  },
);

test("a bounce says of what kind it was, and nothing that might name somebody", () => {
  const bounce = { type: "Permanent", subType: "mailbox of sam@clinic.example", message: "no sam here" };
  expect(read("email.bounced", 0, { bounce }).bounce).toEqual({ type: "Permanent", subtype: null });
  expect(read("email.bounced").bounce).toEqual({ type: null, subtype: null });
});

test("the moments are the first of their kind", () => {
  const state = apply([read("email.opened", 9), read("email.opened", 5), read("email.opened", 7)]);
  expect(state.moments).toEqual({ opened: new Date(at(5)) });
});

const type = fc.constantFrom(
  "email.scheduled",
  "email.sent",
  "email.delivery_delayed",
  "email.delivered",
  "email.opened",
  "email.clicked",
  "email.failed",
  "email.suppressed",
  "email.bounced",
  "email.complained",
);
const kind = fc.constantFrom("Permanent", "Transient", "Undetermined");
// Few distinct seconds, so that ties are common.
const event = fc
  .record({ type, second: fc.integer({ min: 0, max: 2 }), kind })
  .map(({ type, second, kind }) => read(type, second, { bounce: { type: kind, subType: "General" } }));

test("any order and any repeats end in the same state, and each end is told once", () => {
  const histories = fc.array(event, { minLength: 1, maxLength: 12 }).chain((history) => {
    const repeated = [...history, ...history];
    const order = fc.shuffledSubarray(repeated, { minLength: repeated.length });
    return fc.record({ first: order, second: order });
  });
  fc.assert(
    fc.property(histories, ({ first, second }) => {
      const run = (events: EmailState[]) => {
        let state: EmailState | null = null;
        const news: string[] = [];
        for (const incoming of events) {
          const merged = mergeEmail(state, incoming);
          state = merged.state;
          news.push(...merged.news.map(({ type }) => type));
        }
        return { state, news: news.toSorted() };
      };
      const one = run(first);
      expect(run(second)).toEqual(one);
      expect(new Set(one.news).size).toBe(one.news.length);
      const ends = ["delivered", "failed", "suppressed", "bounced", "complained"] as const;
      const told = ends.filter((end) => one.state?.moments[end]).map((end) => `email.${end}`);
      expect(one.news).toEqual(told.toSorted());
    }),
  );
});
