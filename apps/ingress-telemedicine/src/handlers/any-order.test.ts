import { connect, migrations, type Sql } from "@carewire/db";
import { eventTypes, newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyEvent, type LiveKitEvent } from "../testing/apply-event.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 6, applicationName: "any-order-test" });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const startSeconds = 1_767_225_600;
const room = { sid: "RM_1", name: "appt_789" };

/** Few people, tracks and distinct seconds, so that ties and contradictions are common. */
const happening = fc
  .record({
    event: fc.constantFrom(
      "room_started",
      "room_finished",
      "participant_joined",
      "participant_joined",
      "participant_left",
      "participant_connection_aborted",
      "track_published",
      "track_published",
      "track_unpublished",
    ),
    createdAt: fc.integer({ min: startSeconds, max: startSeconds + 4 }).map(String),
    person: fc.constantFrom("1", "2"),
  })
  .map(({ event, createdAt, person }) => ({
    event,
    createdAt,
    room,
    participant: { sid: `PA_${person}`, identity: `user_${person}` },
    track: { sid: `TR_${person}`, type: "VIDEO" },
  }));

/** A history of LiveKit events, and two orders to deliver it in, with repeats. */
const deliveries = fc
  .array(happening, { minLength: 1, maxLength: 9 })
  .map((history) => history.map((event, i) => ({ ...event, id: `EV_${i}` })))
  .chain((history) => {
    const repeated = [...history, ...history];
    const order = fc.shuffledSubarray(repeated, { minLength: repeated.length });
    return fc.record({ history: fc.constant(history), first: order, second: order });
  });

interface Outcome {
  sessions: unknown[];
  participants: unknown[];
  tracks: unknown[];
  published: { type: string; payload: Record<string, unknown> }[];
}

/** Delivers everything under a tenant of its own, some of it at the same time, and reads what came of it. */
async function deliver(events: LiveKitEvent[], atOnce: number): Promise<Outcome> {
  const organizationId = newId(Date.now());
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  for (let i = 0; i < events.length; i += atOnce) {
    await Promise.all(events.slice(i, i + atOnce).map((event) => applyEvent(sql, organizationId, event)));
  }
  const [sessions, participants, tracks, published] = await Promise.all([
    sql`select room_sid, room_name, status, started_at, finished_at, state_at, event_id
      from telemedicine_sessions where organization_id = ${organizationId} order by room_sid`,
    sql`select participant_sid, identity, status, joined_at, left_at, leave_reason, ended_by
      from telemedicine_participants where organization_id = ${organizationId} order by participant_sid`,
    sql`select track_sid, participant_sid, kind, status, published_at, unpublished_at, ended_by
      from telemedicine_tracks where organization_id = ${organizationId} order by track_sid`,
    sql<{ type: string; body: Buffer }[]>`
      select e.type, p.body from events e join event_payloads p on p.id = e.id where e.organization_id = ${organizationId}`,
  ]);
  const readable = published.map(({ type, body }) => ({ type, payload: JSON.parse(body.toString()) }));
  return {
    sessions: [...sessions],
    participants: [...participants],
    tracks: [...tracks],
    published: readable,
  };
}

type History = (LiveKitEvent & { participant: { sid: string } })[];

function expectTold({ published }: Outcome, history: History): void {
  const told = published.map(({ type, payload }) => `${type} ${payload.participant_id ?? ""}`);
  expect(new Set(told).size).toBe(told.length);
  expect(told.filter((one) => one.startsWith("call.completed"))).toHaveLength(
    history.some(({ event }) => event === "room_finished") ? 1 : 0,
  );
  const gone = history.filter(({ event }) => /^participant_(left|connection_aborted)$/.test(event));
  expect(told.filter((one) => one.startsWith("call.participant_left")).sort()).toEqual(
    [...new Set(gone.map(({ participant }) => `call.participant_left ${participant.sid}`))].sort(),
  );
  for (const { type, payload } of published) {
    expect(eventTypes.get(type)?.schema.safeParse(payload).success).toBe(true);
  }
}

function expectNobodyInFinishedRooms({ sessions, participants, tracks }: Outcome): void {
  const [session] = sessions as { status: string }[];
  if (session?.status !== "finished") return;
  for (const { status } of participants as { status: string }[]) expect(status).not.toBe("joined");
  for (const { status } of tracks as { status: string }[]) expect(status).toBe("unpublished");
}

test("repeats, any order and concurrency end in the same rooms, people and tracks, and tell each fact once", async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ history, first, second }) => {
      const one = await deliver(first, 1);
      const other = await deliver(second, 4);
      expect({ ...other, published: [] }).toEqual({ ...one, published: [] });
      for (const outcome of [one, other]) {
        expectTold(outcome, history);
        expectNobodyInFinishedRooms(outcome);
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);
