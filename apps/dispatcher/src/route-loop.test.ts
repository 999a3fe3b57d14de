import { consumerShard } from "@carewire/bus";
import { connect, type Sql } from "@carewire/db";
import { streamShard } from "@carewire/delivery";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { createAdmission, type Slot } from "./admission/admission.ts";
import { createRouteLoop, type Leasing, splitByDestination } from "./route-loop.ts";
import { allShards } from "./shards/ownership.ts";
import type { Claim } from "./store/claim.ts";
import { calmIsolation } from "./testing/calm-isolation.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const nothingToLease: Leasing = {
  isRoomy: () => true,
  offer: () => null,
  ownedShards: () => [],
  leaseSeconds: 60,
  leased: () => [],
  withdraw: () => {},
  onSettled: () => {},
  asksLater: () => false,
  deliver: async () => {},
};

interface LoopOptions extends Partial<Leasing> {
  sql?: Sql;
  onDue?(shards: number[]): void;
}

function startLoop({ sql = bench.sql, onDue, ...leasing }: LoopOptions = {}) {
  const state = { paused: false, routed: 0, errors: 0 };
  const loop = createRouteLoop({
    sql,
    pace: async () => {},
    paused: () => state.paused,
    leasing: { ...nothingToLease, ...leasing },
    onRouted: ({ events, deliveriesByShard }) => {
      state.routed += events;
      onDue?.([...deliveriesByShard.keys()]);
    },
    onError: async () => {
      state.errors++;
    },
    failpoint: () => {},
  });
  return { loop, state };
}

const waiting = async () => (await bench.sql`select event_id from route_queue`).length;

test("one poke routes everything that waits, batch after batch", async () => {
  const { loop, state } = startLoop();
  await bench.publishMany(1_200);
  loop.poke();
  await waitUntil(() => state.routed === 1_200);
  expect(await waiting()).toBe(0);
  await loop.stop();
});

test("events that make too much of a batch for one statement's time are routed in smaller ones", async () => {
  await bench.subscribe();
  await bench.publishMany(60);
  await bench.sql.unsafe(`create function dawdle() returns trigger language plpgsql as $$ begin
      perform pg_sleep(0.01); return new; end $$;
    create trigger dawdle before insert on deliveries for each row execute function dawdle()`);
  const settings = { statement_timeout: 300 };
  const hasty = connect({ url: bench.url, max: 1, applicationName: "hasty", settings });
  onTestFinished(async () => {
    await hasty.end({ timeout: 1 });
    await bench.sql`drop function dawdle cascade`;
  });
  const { loop, state } = startLoop({ sql: hasty });
  loop.poke();
  await waitUntil(() => state.routed === 60);
  expect(state.errors).toBeGreaterThan(0);
  await loop.stop();
});

test("a poke at any moment is never forgotten", async () => {
  const { loop, state } = startLoop();
  for (let i = 1; i <= 30; i++) {
    await bench.publishMany(1);
    loop.poke();
    await waitUntil(() => state.routed === i, { intervalMs: 1 });
  }
  await loop.stop();
});

test("nothing is routed while claims cannot keep up, and everything once they can", async () => {
  const { loop, state } = startLoop();
  await bench.publishMany(3);
  state.paused = true;
  loop.poke();
  await loop.stop();
  expect(await waiting()).toBe(3);
  const next = startLoop();
  next.loop.poke();
  await waitUntil(() => next.state.routed === 3);
  await next.loop.stop();
});

test("after stop a poke does nothing", async () => {
  const { loop, state } = startLoop();
  await loop.stop();
  await bench.publishMany(1);
  loop.poke();
  expect(state.routed).toBe(0);
  expect(await waiting()).toBe(1);
});

/** Admission as the dispatcher has it, and a deliverer that keeps what it is given. */
function startLeasing(limits: { fastMax?: number } = {}) {
  const admission = createAdmission({
    ...calmIsolation,
    ...{ fastMax: 1_024, slowMax: 16, unrecordedMax: 4_096, bodyBytesMax: 1_000_000, endpointsMax: 100 },
    ...limits,
  });
  const claims: { claim: Claim; slots: Slot[] }[] = [];
  const due: number[] = [];
  const started = startLoop({
    ...admission,
    offer: admission.offerRouted,
    ownedShards: () => allShards,
    deliver: async (claim, slots) => void claims.push({ claim, slots }),
    onDue: (shards) => due.push(...shards),
  });
  return { ...started, admission, claims, due };
}

test("what fits into free slots is sent at once and the rest waits to be claimed", async () => {
  await Promise.all(Array.from({ length: 4 }, () => bench.subscribe()));
  await bench.publishMany(3);
  const { loop, admission, claims } = startLeasing();
  loop.poke();
  await waitUntil(() => claims.length === 1);
  const [sent] = claims;
  // Two at a time for an endpoint nobody knows yet.
  expect([sent?.claim.deliveries.length, sent?.slots.length]).toEqual([8, 8]);
  expect(admission.counts()).toMatchObject({ fast: 8, unrecorded: 8 });
  expect(await bench.sql`select id from delivery_queue where lease_token is null`).toHaveLength(4);
  await loop.stop();
});

test("an endpoint with all its requests unanswered is looked at when one is, and an idle one at once", async () => {
  const { id, shard } = await bench.subscribe();
  const { loop, state, admission, claims, due } = startLeasing();
  await bench.publishMany(2);
  loop.poke();
  await waitUntil(() => claims.length === 1);
  expect(due).toEqual([]);
  await bench.publishMany(1);
  loop.poke();
  await waitUntil(() => state.routed === 3);
  expect([due, admission.hasRoom(id)]).toEqual([[], false]);
  const [first, second] = claims.flatMap(({ slots }) => slots) as [Slot, Slot];
  expect(admission.answered(first, "succeeded")).toBe(true);
  admission.answered(second, "timed_out");
  await bench.publishMany(1);
  loop.poke();
  await waitUntil(() => state.routed === 4);
  expect(due).toEqual([shard]);
  await loop.stop();
});

test("without room for it, routing goes on all the same, and leases nothing", async () => {
  await bench.subscribe();
  await bench.publishMany(700);
  const { loop, state, claims } = startLeasing({ fastMax: 100 });
  loop.poke();
  await waitUntil(() => state.routed === 700);
  expect(claims).toEqual([]);
  expect(await bench.sql`select id from delivery_queue where lease_token is null`).toHaveLength(700);
  await loop.stop();
});

test("routed deliveries are told apart by who sends them", () => {
  expect(
    splitByDestination(
      new Map([
        [3, 5],
        [consumerShard, 2],
        [17, 1],
      ]),
    ),
  ).toEqual({ shards: [3, 17], consumers: true, streams: false });
  expect(splitByDestination(new Map([[streamShard, 2]]))).toEqual({
    shards: [],
    consumers: false,
    streams: true,
  });
  expect(splitByDestination(new Map())).toEqual({ shards: [], consumers: false, streams: false });
});
