import fc from "fast-check";
import { expect, test } from "vitest";
import { changeLeave, type Leave } from "./leave-state.ts";

const leave: Leave = {
  leaveId: "leave_1",
  userId: "user_1",
  memberOf: "org_1",
  startsOn: "2026-03-02",
  endsOn: "2026-03-06",
  approvedBy: "user_3",
  approvedAt: new Date("2026-02-20T09:00:00Z"),
};
const later = new Date("2026-02-21T09:00:00Z");
const earlier = new Date("2026-02-19T09:00:00Z");

test.each<[string, Leave | null, Leave, string]>([
  ["the first version", null, leave, "stored"],
  ["the same again", leave, leave, "stale"],
  ["a later approval", leave, { ...leave, endsOn: "2026-03-04", approvedAt: later }, "stored"],
  ["a later approval of the same days", leave, { ...leave, approvedAt: later }, "stored"],
  ["an earlier approval", leave, { ...leave, endsOn: "2026-03-04", approvedAt: earlier }, "stale"],
])("%s is %s", (_name, current, incoming, change) => {
  expect(changeLeave(current, incoming)).toBe(change);
});

test("in any order, with repeats and ties, the same version stands", () => {
  const version = fc
    .record({
      userId: fc.constantFrom("user_1", "user_2"),
      startsOn: fc.constantFrom("2026-03-02", "2026-03-03"),
      endsOn: fc.constantFrom("2026-03-06", "2026-03-07"),
      approvedAt: fc.constantFrom(earlier, later),
    })
    .map((more) => ({ ...leave, ...more }));
  const orders = fc.array(version, { minLength: 1, maxLength: 8 }).chain((versions) => {
    const repeated = [...versions, ...versions];
    const order = fc.shuffledSubarray(repeated, { minLength: repeated.length });
    return fc.tuple(order, order);
  });
  const last = (versions: readonly Leave[]) =>
    versions.reduce<Leave | null>(
      (current, incoming) => (changeLeave(current, incoming) === "stored" ? incoming : current),
      null,
    );
  fc.assert(
    fc.property(orders, ([first, second]) => {
      expect(last(second)).toEqual(last(first));
    }),
  );
});
