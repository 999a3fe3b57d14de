import { connect, type Sql } from "@carewire/db";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { claimAll } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench, type TestSubscription } from "../testing/delivery-bench.ts";
import { claimSettings } from "./hot-path-settings.ts";

const waitingPerLane = 10_000;
const claimedMax = 10;
const lanes = [0, 1, 2] as const;

let bench: DeliveryBench;
let busy: TestSubscription;
let sql: Sql;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  busy = await bench.subscribe();
  for (let i = 0; i < 5; i++) await bench.subscribe();
  sql = connect({ url: bench.url, max: 1, applicationName: "claim-plan-test", settings: claimSettings });
});
afterEach(() => sql.end({ timeout: 1 }));

/** Makes every lane of every endpoint long, and one endpoint's a hundred times as long. Due `sinceMinutes` ago. */
const queueMany = (sinceMinutes: number) => bench.sql`
  insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, due_at)
  select uuidv7(), s.organization_id, uuidv7(), s.id, s.shard, lane,
    now() - ${sinceMinutes} * interval '1 minute' - n * interval '1 millisecond'
  from subscriptions s cross join generate_series(0, 2) lane
  cross join generate_series(1, case when s.id = ${busy.id} then ${waitingPerLane}::int else 100 end) n`;

const claimFew = (firstLane: 0 | 1 | 2) =>
  claimAll({ ...bench, sql }, { firstLane, deliveriesMax: claimedMax, freshMax: claimedMax, laterMax: 5 });

/** Rows and index entries of the queue that were read so far. */
async function readSoFar(): Promise<number> {
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await bench.sql<{ read: number }[]>`
    select (select idx_tup_fetch + seq_tup_read from pg_stat_user_tables where relname = 'delivery_queue')::int
      + (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'delivery_queue')::int read`;
  return row?.read ?? Number.NaN;
}

const planned = [
  ["before anything is known of the queue", async () => {}],
  ["while the queue was known to be empty", () => bench.sql`analyze delivery_queue`],
  [
    "while much was known to wait",
    async () => {
      await queueMany(1);
      await bench.sql`analyze delivery_queue`;
    },
  ],
] as const;

test.each(planned)(
  "claims that were planned %s read no more than they take, whatever waits",
  async (_, plan) => {
    await plan();
    for (const lane of lanes) await claimFew(lane);
    await bench.sql.begin(async (tx) => {
      await tx`delete from delivery_queue`;
      // What it read is counted now, and not while the claims are.
      await tx`select pg_stat_force_next_flush()`;
    });
    // Before what was just deleted, which no vacuum has been at: the first that comes by would read that too.
    await queueMany(2);
    for (const lane of lanes) {
      const before = await readSoFar();
      const { deliveries } = await claimFew(lane);
      expect(deliveries).toHaveLength(claimedMax);
      expect((await readSoFar()) - before).toBeLessThan(waitingPerLane / 10);
    }
    await sql.end({ timeout: 1 });
  },
);
