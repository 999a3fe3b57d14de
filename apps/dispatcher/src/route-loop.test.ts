import { consumerShard } from "@carewire/bus";
import { streamShard } from "@carewire/delivery";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createRouteLoop, splitByDestination } from "./route-loop.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

function startLoop(sql = bench.sql) {
  const state = { paused: false, routed: 0, errors: 0 };
  const loop = createRouteLoop({
    sql,
    pace: async () => {},
    paused: () => state.paused,
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
