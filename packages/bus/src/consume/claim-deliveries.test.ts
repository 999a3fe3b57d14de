import { migrations } from "@carewire/db";
import { newId, systemClock } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Claim, type ClaimedDelivery, claimDeliveries, consumerShard } from "./claim-deliveries.ts";
import { lockLease } from "./finish-delivery.ts";

let database: TestDatabase;
const consumerId = newId(systemClock.now());
const organizationId = newId(systemClock.now());

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql`truncate delivery_queue, attempts, events`;
  await database.sql`insert into consumers (id, name) values (${consumerId}, 'claiming')
    on conflict (id) do update set active = true`;
});

const claimAll = (slots: number, suspect = true): Promise<Claim> =>
  claimDeliveries(database.sql, { consumerId, slots, leaseSeconds: 30, suspect });
const claim = async (slots: number): Promise<ClaimedDelivery[]> => (await claimAll(slots)).deliveries;

/** Queues a delivery `dueSeconds` from now; returns its id. */
async function queue(
  given: { lane?: number; dueSeconds?: number; to?: string; shard?: number; leaseSeconds?: number } = {},
): Promise<string> {
  const { lane = 0, dueSeconds = -1, to = consumerId, shard = consumerShard, leaseSeconds = null } = given;
  const id = newId(systemClock.now());
  await database.sql`
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, due_at, attempts, lease_token, lease_until)
    values (${id}, ${organizationId}, ${newId(systemClock.now())}, ${to}, ${shard}, ${lane},
      now() + ${dueSeconds}::int * interval '1 second', ${leaseSeconds === null ? 0 : 1},
      ${leaseSeconds === null ? null : 7}, now() + ${leaseSeconds}::int * interval '1 second')`;
  return id;
}

test("claims what is due for this consumer only, never more than its free slots, first attempts first", async () => {
  const retry = await queue({ lane: 1, dueSeconds: -60 });
  const second = await queue({ dueSeconds: -1 });
  const first = await queue({ dueSeconds: -5 });
  await queue({ dueSeconds: 60 });
  await queue({ to: newId(systemClock.now()) });
  await queue({ shard: 3 });
  await queue({ leaseSeconds: 20 });
  const claimed = await claim(2);
  expect(claimed.map(({ id }) => id).sort()).toEqual([first, second].sort());
  expect((await claim(5)).map(({ id }) => id)).toEqual([retry]);
  expect(await claim(5)).toEqual([]);
});

test("what one claim takes comes in the order of its events, whichever is due for longer", async () => {
  for (const dueSeconds of [-1, -2, -3, -4]) await queue({ dueSeconds });
  const events = (await claim(4)).map(({ eventId }) => eventId);
  expect(events).toHaveLength(4);
  expect(events).toEqual(events.toSorted());
});

test("claims that run at the same time share the rows", async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, () => queue()));
  const claims = await Promise.all(Array.from({ length: 4 }, () => claim(20)));
  const claimed = claims.flat().map(({ id }) => id);
  expect(new Set(claimed).size).toBe(claimed.length);
  const rest = await claim(40);
  expect([...claimed, ...rest.map(({ id }) => id)].sort()).toEqual(ids.sort());
});

test("a lease that ran out leaves a lost attempt, and its delivery is claimed again, as a suspect, under a newer token", async () => {
  const id = await queue({ leaseSeconds: -1 });
  expect(await claimAll(1)).toEqual({ deliveries: [], more: true });
  const [claimed] = await claim(1);
  expect(claimed).toMatchObject({ id, attempt: 2, suspectRuns: 1, topic: null, sealedBody: null });
  expect(claimed?.leaseToken).not.toBe("7");
  expect(await database.sql`select delivery_id, n, outcome, next_step from attempts`).toEqual([
    { delivery_id: id, n: 1, outcome: "lost", next_step: "lost" },
  ]);
});

test("a delivery that was tried as often as can be counted stops no claim", async () => {
  const id = await queue({ leaseSeconds: -1 });
  await database.sql`update delivery_queue set attempts = 32767, suspect_runs = 32767`;
  expect(await claim(1)).toMatchObject([{ id, attempt: 32_767, suspectRuns: 32_767 }]);
});

test("a delivery whose handler is at work is not taken over, even with its lease run out", async () => {
  await queue();
  const [mine] = await claim(1);
  await database.sql`update delivery_queue set lease_until = now() - interval '1 second'`;
  const limits = { statementTimeoutMs: 60_000, idleTimeoutMs: 60_000 };
  await database.sql.begin(async (tx) => {
    expect(await lockLease(tx, mine!, limits)).toBe(true);
    expect(await claim(1)).toEqual([]);
  });
  await claim(1);
  const [theirs] = await claim(1);
  expect(theirs).toMatchObject({ id: mine?.id, suspectRuns: 1 });
  await database.sql.begin(async (tx) => {
    expect(await lockLease(tx, mine!, limits)).toBe(false);
  });
});

test("suspects are claimed one at a time, beside everything else, and not at all while another is handled", async () => {
  const suspects = await Promise.all([1, 2, 3].map(() => queue({ leaseSeconds: -1 })));
  await claim(3);
  const fresh = await queue();
  const first = await claim(5);
  expect(first.map(({ id }) => id)).toContain(fresh);
  expect(first).toHaveLength(2);
  expect((await claimAll(5, false)).deliveries).toEqual([]);
  const [second] = await claim(5);
  const ids = [...first.map(({ id }) => id).filter((id) => id !== fresh), second?.id];
  expect(suspects).toEqual(expect.arrayContaining(ids));
});

test("a consumer that is paused claims nothing", async () => {
  await queue();
  await queue({ leaseSeconds: -1 });
  await database.sql`update consumers set active = false`;
  expect(await claimAll(5)).toEqual({ deliveries: [], more: false });
});
