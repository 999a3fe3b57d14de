import { consumerShard } from "@carewire/bus";
import { streamShard } from "@carewire/delivery";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createAdmission, type Slot } from "./admission/admission.ts";
import { createRouteLoop, type Leasing, splitByDestination } from "./route-loop.ts";
import { createTurns } from "./schedule/turns.ts";
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
  takeTurn: createTurns(),
  isRoomy: () => true,
  offer: () => null,
  ownedShards: () => [],
  leaseSeconds: 60,
  leased: () => [],
  deliver: async () => {},
};

function startLoop(leasing: Partial<Leasing> = {}) {
  const state = { paused: false, routed: 0, errors: 0 };
  const loop = createRouteLoop({
    sql: bench.sql,
    pace: async () => {},
    paused: () => state.paused,
    leasing: { ...nothingToLease, ...leasing },
    onRouted: ({ events }) => {
      state.routed += events;
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
  const started = startLoop({
    isRoomy: admission.isRoomy,
    offer: admission.offerRouted,
    leased: admission.leased,
    ownedShards: () => allShards,
    deliver: async (claim, slots) => void claims.push({ claim, slots }),
  });
  return { ...started, admission, claims };
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

test("routing waits for its turn: what is free is not given away twice", async () => {
  const takeTurn = createTurns();
  const { loop, state } = startLoop({ takeTurn });
  const claiming = await takeTurn();
  await bench.publishMany(1);
  loop.poke();
  await bench.sql`select 1`;
  expect(state.routed).toBe(0);
  claiming.end();
  await waitUntil(() => state.routed === 1);
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
