import { newId } from "@carewire/envelope";
import { createTestDatabase } from "@carewire/testkit";
import { migrations } from "../migrate.ts";

const shard = 7;

/** What waits for an endpoint, put in place and looked at; one organization with two subscriptions. */
export async function createEndpointBench() {
  const { sql, serviceUrl, drop } = await createTestDatabase(migrations);
  const organizationId = newId(Date.now());
  const subscriptionId = newId(Date.now());
  const otherId = newId(Date.now());
  await sql`insert into organizations (id, name) values (${organizationId}, 'Bench Hospital')`;
  for (const id of [subscriptionId, otherId]) {
    await sql`insert into subscriptions (id, organization_id, name, url, shard, created_by)
      values (${id}, ${organizationId}, 'bench', 'https://example.com/', ${shard}, 'bench')`;
    await sql`insert into subscription_patterns (organization_id, pattern, subscription_id, shard)
      values (${organizationId}, '*', ${id}, ${shard})`;
  }

  /** A delivery in the queue; `lease` is when its lease runs out, relative to now. */
  async function queue({
    to = subscriptionId,
    attempts = 0,
    lease,
  }: {
    to?: string;
    attempts?: number;
    lease?: string;
  } = {}): Promise<string> {
    const [id, eventId] = [newId(Date.now()), newId(Date.now())];
    await sql`insert into deliveries (id, organization_id, event_id, destination_id)
      values (${id}, ${organizationId}, ${eventId}, ${to})`;
    await sql`insert into delivery_queue (id, organization_id, event_id, destination_id, shard, attempts, due_at,
        lease_token, lease_until)
      values (${id}, ${organizationId}, ${eventId}, ${to}, ${shard}, ${attempts}, now() + interval '1 hour',
        ${lease === undefined ? null : 1}, now() + ${lease ?? null}::interval)`;
    return id;
  }

  return {
    sql,
    serviceUrl,
    organizationId,
    subscriptionId,
    otherId,
    endpoint: { id: subscriptionId, organizationId, shard },
    queue,
    /** A number of deliveries of the subscription in this status, in no queue; oldest first. */
    async store(count: number, status: number): Promise<string[]> {
      const rows = await sql<{ id: string }[]>`
        insert into deliveries (id, organization_id, event_id, destination_id, status)
        select uuidv7(), ${organizationId}, uuidv7(), ${subscriptionId}, ${status} from generate_series(1, ${count})
        returning id`;
      return rows.map(({ id }) => id).sort();
    },
    /** One delivery of a subject on its way and, behind it, one that waits. */
    async lane({ lease, subject = "order-1" }: { lease?: string; subject?: string } = {}) {
      const head = await queue({ attempts: 2, ...(lease === undefined ? {} : { lease }) });
      const [next, eventId] = [newId(Date.now()), newId(Date.now())];
      await sql`insert into fifo_lanes (subscription_id, subject, organization_id, delivery_id)
        values (${subscriptionId}, ${subject}, ${organizationId}, ${head})`;
      await sql`insert into deliveries (id, organization_id, event_id, destination_id)
        values (${next}, ${organizationId}, ${eventId}, ${subscriptionId})`;
      await sql`insert into fifo_queue (delivery_id, organization_id, subscription_id, subject, event_id)
        values (${next}, ${organizationId}, ${subscriptionId}, ${subject}, ${eventId})`;
      return { head, next };
    },
    set: (columns: { active?: boolean; ordering?: "none" | "fifo" }) =>
      sql`update subscriptions set ${sql(columns)} where id = ${subscriptionId}`,
    /** Status and attempts of every delivery. */
    async statuses(): Promise<Record<string, { status: number; attempts: number }>> {
      const rows = await sql<{ id: string; status: number; attempts: number }[]>`
        select id, status, attempts from deliveries`;
      return Object.fromEntries(rows.map(({ id, ...row }) => [id, row]));
    },
    /** How many deliveries are in each status. */
    async counts(): Promise<Record<number, number>> {
      const rows = await sql<{ status: number; count: number }[]>`
        select status, count(*)::int count from deliveries group by 1`;
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
    },
    queued: async () => (await sql`select id from delivery_queue order by 1`).map(({ id }) => id),
    lanes: async () => (await sql`select delivery_id id from fifo_lanes`).map(({ id }) => id),
    waiting: async () =>
      (await sql`select delivery_id id from fifo_queue order by event_id`).map(({ id }) => id),
    drain: async () =>
      (
        await sql`select kind, position, last_pass from endpoint_drains where subscription_id = ${subscriptionId}`
      )[0],
    async isHeld(id: string): Promise<boolean> {
      const [row] = await sql`select held from subscription_patterns where subscription_id = ${id}`;
      return row?.held;
    },
    async reset(): Promise<void> {
      const tables = [
        "deliveries",
        "delivery_queue",
        "attempts",
        "fifo_queue",
        "fifo_lanes",
        "endpoint_drains",
      ];
      await sql.unsafe(tables.map((table) => `delete from ${table};`).join(" "));
      await sql`update subscriptions set active = true, ordering = 'none'`;
      await sql`update subscription_patterns set held = false`;
    },
    drop,
  };
}

export type EndpointBench = Awaited<ReturnType<typeof createEndpointBench>>;
