import { consumerShard, createPublisher, retryDeadLetters } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import type { SharedConsumeOptions } from "@carewire/service-kit";
import { createTestDatabase, eventually } from "@carewire/testkit";
import { openVault } from "./open-vault.ts";

/** A database of its own, as the worker sees it, with one organization and its customers. */
export interface EmrBench {
  sql: Sql;
  organizationId: string;
  /** What consumers and jobs are started with. */
  shared: SharedConsumeOptions;
  addCustomer(customerId: string, regionCode: string | null, organizationId?: string): Promise<void>;
  /**
   * Publishes an event, of an object or of this very text, and hands it to the consumers of its topic, as the dispatcher
   * would; returns its id.
   */
  deliver(topic: string, payload: object | string): Promise<string>;
  /** Retries the dead letter of an event, as an operator does. */
  retry(eventId: string): Promise<void>;
  /** The status of an event's delivery once it is finished: 2 delivered, 3 failed. */
  settled(eventId: string): Promise<number>;
  /** Public events, oldest first. */
  told(organizationId?: string): Promise<ToldEvent[]>;
  drop(): Promise<void>;
}

interface ToldEvent {
  type: string;
  subject: string;
  occurredAt: Date;
  /** The payload as it is stored. */
  text: string;
  data: Told;
}

interface Told {
  [field: string]: unknown;
  establishment?: { id: string; established: boolean };
}

const logger = { info() {}, warn() {}, error() {} };
const waker = { wake() {}, notifyConsumers: async () => {}, close: async () => {} };

export async function createEmrBench(): Promise<EmrBench> {
  const database = await createTestDatabase(migrations);
  const organizationId = newId(Date.now());
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const sql = connect({ url: database.serviceUrl, max: 12, applicationName: "emr-bench" });
  const publisher = createPublisher({ vault: openVault });
  const clock = { now: () => Date.now() };
  const quick = { pollMs: 20, random: () => 0.5 };
  const shared = { ...quick, sql, listen: sql, vault: openVault, publisher, waker, clock, logger };

  const queue = async (eventId: string): Promise<void> => {
    await sql`
      with delivery as (
        insert into deliveries (id, organization_id, event_id, destination_id, destination_kind)
        select uuidv7(), e.organization_id, e.id, t.consumer_id, 1
        from events e join consumer_topics t on t.topic = e.type where e.id = ${eventId}
        returning id, organization_id, event_id, destination_id)
      insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
      select id, organization_id, event_id, destination_id, ${consumerShard} from delivery`;
  };
  return {
    sql,
    organizationId,
    shared,
    async addCustomer(customerId, regionCode, of = organizationId) {
      await sql`
        insert into customers (organization_id, customer_id, region_code, personal)
        values (${of}, ${customerId}, ${regionCode}, '')
        on conflict (organization_id, customer_id) do update set region_code = excluded.region_code`;
    },
    async deliver(type, payload) {
      const id = newId(Date.now());
      const body = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
      const draft = { id, organizationId, type, sourceService: "test", occurredAt: new Date(0), body };
      await publisher.publish(sql, [draft]);
      await queue(id);
      return id;
    },
    async retry(eventId) {
      const [letter] = await sql<{ id: string }[]>`select id from dead_letters where event_id = ${eventId}`;
      const wanted = { deadLetterId: String(letter?.id), retryId: newId(Date.now()), sealedPayload: null };
      await retryDeadLetters(sql, [wanted], "test");
    },
    settled: (eventId) =>
      eventually(
        async () => {
          const rows = await sql<{ status: number; finished: boolean }[]>`
            select status, finished_at is not null finished from deliveries where event_id = ${eventId} order by id`;
          return rows.every(({ finished }) => finished) && rows.at(-1)?.status;
        },
        { description: "the delivery to be finished" },
      ),
    async told(of = organizationId) {
      const rows = await sql<{ type: string; subject: string; occurredAt: Date; body: Buffer }[]>`
        select e.type, e.subject, e.occurred_at "occurredAt", p.body from events e
        join event_payloads p on p.id = e.id
        where e.organization_id = ${of} and e.type not like 'cari.%' order by e.id`;
      return rows.map(({ body, ...row }) => {
        const text = body.toString();
        return { ...row, text, data: JSON.parse(text) as Told };
      });
    },
    async drop() {
      await sql.end({ timeout: 1 });
      await database.drop();
    },
  };
}
