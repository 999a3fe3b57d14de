import { connect, type Sql } from "@carewire/db";
import { newId, systemClock } from "@carewire/envelope";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConsumerHandler } from "./consume/consume-options.ts";
import { type ConsumerBench, createConsumerBench } from "./testing/consumer-bench.ts";
import { createSteppedWorker, type SteppedConsumer, type SteppedWorker } from "./testing/stepped-worker.ts";

let bench: ConsumerBench;
let pool: Sql;
beforeAll(async () => {
  bench = await createConsumerBench();
  pool = connect({ url: bench.url, max: 12, applicationName: "interleavings" });
});
afterAll(async () => {
  await pool.end({ timeout: 1 });
  await bench.close();
});

/** What may happen, in any order. Workers 0 and 1 work for the first consumer, 2 and 3 for the second. */
type Step =
  /** `fails`: how often each of its handlers throws after its effect; `cuts`: how often its connection is cut instead. */
  | { do: "publish"; fails: number; cuts: number }
  | { do: "route" }
  | { do: "claim"; worker: number; slots: number }
  | { do: "work"; workers: number[] }
  | { do: "vanish"; worker: number }
  /** Every lease runs out: who holds one has been paused for too long. */
  | { do: "expire" }
  /** And one worker takes over what it can: set aside by the first claim, leased by the second. */
  | { do: "take_over"; worker: number };

const worker = fc.nat({ max: 3 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("publish"), fails: fc.nat(2), cuts: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.constant({ do: "route" }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("claim"), worker, slots: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("work"), workers: fc.uniqueArray(worker, { minLength: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("vanish"), worker }) },
  { weight: 1, arbitrary: fc.constant({ do: "expire" }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("take_over"), worker }) },
) as fc.Arbitrary<Step>;

interface Scene {
  /** The second consumer takes the first one's topic, and what the first one publishes about it. */
  consumers: [SteppedConsumer, SteppedConsumer];
  workers: SteppedWorker[];
  topics: [string, string];
}

/** Leaves its effect, publishes, and only then fails as often as the payload says. */
function createHandler(name: string, caused: string | null): ConsumerHandler<Record<string, unknown>> {
  const calls = new Map<string, number>();
  return async (tx, { payload }, context) => {
    await tx`insert into effects (event_id, by) values (${context.eventId}, ${name})`;
    if (caused !== null) await context.publish([bench.draft(caused, {})]);
    const call = (calls.get(context.eventId) ?? 0) + 1;
    calls.set(context.eventId, call);
    const [fails, cuts] = [Number(payload.fails ?? 0), Number(payload.cuts ?? 0)];
    if (call <= fails) throw new Error("not yet");
    if (call <= fails + cuts) await tx`select pg_terminate_backend(pg_backend_pid())`;
    return undefined;
  };
}

async function createScene(): Promise<Scene> {
  const topics: [string, string] = [bench.fresh().topic, bench.fresh().topic];
  const create = async (taken: string[], caused: string | null): Promise<SteppedConsumer> => {
    const { consumer: name } = bench.fresh();
    const id = newId(systemClock.now());
    await bench.sql`insert into consumers (id, name) values (${id}, ${name})`;
    await bench.sql`insert into consumer_topics (topic, consumer_id)
      select topic, ${id} from unnest(${taken}::text[]) topic`;
    return { id, name, topics: taken, handler: createHandler(name, caused) };
  };
  const first = await create([topics[0]], topics[1]);
  const second = await create([...topics], null);
  const workers = [first, first, second, second].map((of) => createSteppedWorker(pool, bench.vault, of));
  return { consumers: [first, second], workers, topics };
}

const expire = ({ consumers }: Scene) => bench.sql`
  update delivery_queue set lease_until = now() - interval '1 millisecond'
  where lease_until is not null and destination_id = any(${consumers.map(({ id }) => id)}::uuid[])`;

async function take(scene: Scene, step: Step): Promise<void> {
  const { workers, topics } = scene;
  switch (step.do) {
    case "publish":
      return bench.publish(bench.draft(topics[0], { fails: step.fails, cuts: step.cuts }));
    case "route":
      return bench.route();
    case "claim":
      return workers[step.worker]?.claim(step.slots);
    case "work":
      await Promise.all(step.workers.map((n) => workers[n]?.work()));
      return;
    case "vanish":
      return workers[step.worker]?.vanish();
    case "expire":
      await expire(scene);
      return;
    case "take_over":
      await expire(scene);
      await workers[step.worker]?.claim(4);
      await workers[step.worker]?.claim(4);
  }
}

/** Healthy workers do what is left, while those that were paused keep what they hold. */
async function finish(scene: Scene): Promise<void> {
  const fresh = scene.consumers.map((consumer) => createSteppedWorker(pool, bench.vault, consumer));
  for (let round = 0; round < 200; round++) {
    await bench.route();
    await expire(scene);
    await bench.sql`update delivery_queue set due_at = now() where due_at > now()`;
    await Promise.all(fresh.map((one) => one.claim(10)));
    await Promise.all(fresh.map((one) => one.work()));
    const ids = scene.consumers.map(({ id }) => id);
    const left = await bench.sql`
      select (select count(*) from delivery_queue where destination_id = any(${ids}::uuid[]))
        + (select count(*) from route_queue) n`;
    if (Number(left[0]?.n) === 0) return;
  }
  throw new Error("work was left after 200 rounds");
}

/** Effects and deliveries of one topic's events for one consumer: how many events, and how many are not exactly right. */
async function countWrong(
  topic: string,
  consumer: SteppedConsumer,
): Promise<{ events: number; wrong: number }> {
  const [row] = await bench.sql<{ events: number; wrong: number }[]>`
    select count(*)::int events, count(*) filter (where (select count(*) from effects f
        where f.event_id = e.id and f.by = ${consumer.name}) <> 1
      or (select array_agg(d.status) from deliveries d
        where d.event_id = e.id and d.destination_id = ${consumer.id}) is distinct from array[2::smallint]
      or (select sum(d.attempts) from deliveries d where d.event_id = e.id and d.destination_id = ${consumer.id})
        <> (select count(*) from attempts a join deliveries d on d.id = a.delivery_id
          where d.event_id = e.id and d.destination_id = ${consumer.id}))::int wrong
    from events e where e.type = ${topic}`;
  return row ?? { events: -1, wrong: -1 };
}

test("whatever happens in whatever order, each event takes effect once with each consumer, and the ledger adds up", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 40, size: "max" }), async (steps) => {
      const scene = await createScene();
      for (const step of steps) await take(scene, step);
      await finish(scene);
      const late = await Promise.all(scene.workers.map((one) => one.work()));
      expect(late.flat().every((outcome) => outcome === "fenced_off")).toBe(true);
      const { consumers, topics } = scene;
      const published = steps.filter((step) => step.do === "publish").length;
      const all = { events: published, wrong: 0 };
      expect(await countWrong(topics[0], consumers[0])).toEqual(all);
      expect(await countWrong(topics[0], consumers[1])).toEqual(all);
      // What a handler publishes commits with its effect: once per event, however often it was tried.
      expect(await countWrong(topics[1], consumers[1])).toEqual(all);
    }),
    { numRuns: 40 },
  );
});
