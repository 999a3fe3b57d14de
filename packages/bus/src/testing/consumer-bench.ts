import { connect, migrations, type Sql } from "@carewire/db";
import { newId, systemClock } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import type { ConsumeOptions, ConsumerHandler, Consumption } from "../consume/consume-options.ts";
import { consume } from "../consume.ts";
import type { EventDraft } from "../event-draft.ts";
import { createPublisher } from "../publish.ts";
import type { Vault } from "../vault.ts";
import { createWaker, type Waker, wakeChannel } from "../waker.ts";
import { createAesVault } from "./aes-vault.ts";
import { createDeliveryViews, type DeliveryViews } from "./delivery-views.ts";
import { routeToConsumers } from "./route-to-consumers.ts";

type Given = Partial<ConsumeOptions> & Pick<ConsumeOptions, "consumer" | "topics" | "handler">;

/** A database of its own, a table where handlers leave their effects, and consumers that are stopped at the end. */
export interface ConsumerBench extends DeliveryViews {
  url: string;
  sql: Sql;
  vault: Vault;
  waker: Waker;
  organizationId: string;
  /** A consumer name and topic nobody else on this bench uses. */
  fresh(): { consumer: string; topic: string };
  /** Starts a consumer and waits for its registration. */
  start(given: Given): Promise<Consumption>;
  /** A draft with this type and payload (an object, or the bytes themselves). */
  draft(type: string, payload: object | string, more?: Partial<EventDraft>): EventDraft;
  publish(...drafts: EventDraft[]): Promise<void>;
  /** Routes what was published. */
  route(): Promise<void>;
  /** Tells the consumers that there is work, as the dispatcher does. */
  hint(): Promise<void>;
  /** Publishes, routes and hints. */
  send(...drafts: EventDraft[]): Promise<void>;
  /** The leases on these drafts' deliveries run out, as they do once their process is dead; nobody waits for the clock. */
  endLeases(...drafts: EventDraft[]): Promise<void>;
  close(): Promise<void>;
}

/** Short waits: tests see retries and lost leases in milliseconds. */
const quick = {
  pollMs: 100,
  backoff: { firstMs: 5, factor: 1, delayMsMax: 5, jitterRatio: 0 },
  drainTimeoutMs: 60_000,
};

/** Builds the bench in `database`, which must be migrated; by default in one of its own. */
export async function createConsumerBench(database?: TestDatabase): Promise<ConsumerBench> {
  const { sql, url, drop } = database ?? (await createTestDatabase(migrations));
  await sql`create table effects (event_id uuid not null, by text not null, at timestamptz default clock_timestamp())`;
  const organizationId = newId(systemClock.now());
  await sql`insert into organizations (id, name) values (${organizationId}, 'Bench Hospital')`;
  const vault = createAesVault();
  const publisher = createPublisher({ vault });
  const waker = createWaker({ notify: connect({ url, max: 1, applicationName: "bench-notify" }) });
  const consumptions: Consumption[] = [];
  const pools: Sql[] = [];
  let names = 0;

  const publish = (...drafts: EventDraft[]): Promise<void> => publisher.publish(sql, drafts);
  const route = (): Promise<void> => routeToConsumers(sql);
  const hint = async (): Promise<void> => {
    await sql.notify(wakeChannel, "consumers");
  };
  return {
    ...createDeliveryViews(sql),
    fresh() {
      names += 1;
      return { consumer: `bench.consumer_${names}`, topic: `cari.bench.topic_${names}` };
    },
    url,
    sql,
    vault,
    waker,
    organizationId,
    async start(given) {
      const pool = connect({ url, max: 12, applicationName: given.consumer });
      pools.push(pool);
      const shared = {
        sql: pool,
        listen: pool,
        vault,
        publisher,
        waker,
        clock: systemClock,
        random: Math.random,
      };
      const consumption = consume({ ...shared, ...quick, logger: silentLogger, ...given });
      consumptions.push(consumption);
      await consumption.registered;
      return consumption;
    },
    draft: (type, payload, more = {}) => ({
      id: newId(systemClock.now()),
      organizationId,
      type,
      sourceService: "bench",
      occurredAt: new Date(systemClock.now()),
      body: Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)),
      ...more,
    }),
    publish,
    route,
    hint,
    async send(...drafts) {
      await publish(...drafts);
      await route();
      await hint();
    },
    async endLeases(...drafts) {
      await sql`update delivery_queue set lease_until = now() - interval '1 second'
        where event_id = any(${drafts.map(({ id }) => id)}::uuid[]) and lease_until is not null`;
    },
    async close() {
      await Promise.all(consumptions.map((consumption) => consumption.stop()));
      await Promise.all([waker.close(), ...pools.map((pool) => pool.end({ timeout: 1 }))]);
      await drop();
    },
  };
}

/** A handler whose effect is one row in the bench's `effects` table. */
export function leaveEffect(by: string): ConsumerHandler<unknown> {
  return async (tx, _envelope, { eventId }) => {
    await tx`insert into effects (event_id, by) values (${eventId}, ${by})`;
  };
}

const silentLogger = { info() {}, warn() {}, error() {} };
