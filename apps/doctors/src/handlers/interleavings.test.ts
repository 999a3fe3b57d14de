import type { ConsumerHandler, HandlerContext } from "@carewire/bus";
import { migrations } from "@carewire/db";
import { newId, systemClock } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDoctorProfile } from "./create-doctor-profile.ts";
import { linkMember } from "./link-member.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());

const profiles = createDoctorProfile({ clock: systemClock });
const memberships = linkMember();

type Event =
  | { kind: "user"; user: string; role: string }
  | { kind: "member"; user: string; memberOf: string; role: string; atSeconds: number };

const user = fc.constantFrom("ann", "bob");
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant("user" as const), user, role: fc.constantFrom("DOCTOR", "PATIENT") }),
  fc.record({
    kind: fc.constant("member" as const),
    user,
    memberOf: fc.constantFrom("north", "south"),
    role: fc.constantFrom("ORG:DOCTOR", "ORG:ADMIN"),
    atSeconds: fc.integer({ min: 0, max: 3 }),
  }),
);

/** Runs a handler the way the bus does: in a transaction of its own, as the given organization. */
function run<Payload>(
  organizationId: string,
  handler: ConsumerHandler<Payload>,
  timestamp: string,
  payload: Payload,
): Promise<void> {
  const context: HandlerContext = {
    organizationId,
    eventId: newId(systemClock.now()),
    deliveryId: newId(systemClock.now()),
    attempt: 1,
    payloadBytes: Buffer.from(JSON.stringify(payload)),
    signal: new AbortController().signal,
    publish: async () => {},
  };
  const envelope = {
    id: context.eventId,
    topic: "cari.test.event",
    timestamp,
    source_service: "test",
    payload,
  };
  return database.sql.begin((tx) => handler(tx, envelope, context));
}

function apply(organizationId: string, event: Event): Promise<void> {
  if (event.kind === "user") {
    const payload = {
      user_id: event.user,
      email: `${event.user}@hospital.org`,
      registration_role: event.role,
    };
    return run(organizationId, profiles, "2026-01-01T00:00:00Z", payload);
  }
  const payload = { user_id: event.user, organization_id: event.memberOf, role: event.role };
  return run(organizationId, memberships, `2026-01-01T00:00:0${event.atSeconds}Z`, payload);
}

const rank = ({ atSeconds, role }: Extract<Event, { kind: "member" }>): string => `${atSeconds} ${role}`;

/** What must be true after these events, whatever the order and however often each came. */
function expectedState(events: Event[]) {
  const doctors = new Set(
    events.flatMap((event) => (event.kind === "user" && event.role === "DOCTOR" ? [event.user] : [])),
  );
  const latest = new Map<string, Extract<Event, { kind: "member" }>>();
  for (const event of events) {
    if (event.kind !== "member") continue;
    const key = `${event.user}/${event.memberOf}`;
    const known = latest.get(key);
    if (!known || rank(event) > rank(known)) latest.set(key, event);
  }
  return {
    profiles: [...doctors].sort(),
    memberships: [...latest]
      .map(([key, { role, user }]) => `${key} ${role} ${doctors.has(user) ? `linked to ${user}` : "waiting"}`)
      .sort(),
  };
}

async function actualState(organizationId: string) {
  const found =
    await database.sql`select user_id from doctor_profiles where organization_id = ${organizationId}`;
  const members = await database.sql`
    select m.user_id, m.member_of, m.role, p.user_id linked from doctor_memberships m
    left join doctor_profiles p on p.id = m.doctor_profile_id where m.organization_id = ${organizationId}`;
  return {
    profiles: found.map((row) => row.user_id).sort(),
    memberships: members
      .map(({ user_id, member_of, role, linked }) => {
        return `${user_id}/${member_of} ${role} ${linked ? `linked to ${linked}` : "waiting"}`;
      })
      .sort(),
  };
}

const scenario = fc.array(anyEvent, { minLength: 1, maxLength: 6 }).chain((events) =>
  fc.tuple(
    fc.constant(events),
    fc.shuffledSubarray([...events, ...events], {
      minLength: 2 * events.length,
      maxLength: 2 * events.length,
    }),
  ),
);

test("in any order and with every event twice, the outcome is the same", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ([events, arrivals]) => {
      const organizationId = newId(systemClock.now());
      for (const event of arrivals) await apply(organizationId, event);
      expect(await actualState(organizationId)).toEqual(expectedState(events));
    }),
    { numRuns: 40 },
  );
});

test("all at the same moment on several connections, the outcome is the same", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ([events, arrivals]) => {
      const organizationId = newId(systemClock.now());
      await Promise.all(arrivals.map((event) => apply(organizationId, event)));
      expect(await actualState(organizationId)).toEqual(expectedState(events));
    }),
    { numRuns: 60 },
  );
});
