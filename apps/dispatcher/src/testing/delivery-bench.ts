import { randomBytes } from "node:crypto";
import { createPublisher, type EventDraft, wakeChannel } from "@carewire/bus";
import { connect, migrations, type Sql, type Transaction } from "@carewire/db";
import type { PayloadFormat } from "@carewire/delivery";
import { newId, systemClock } from "@carewire/envelope";
import { createVault, keyEncryptionKeysSchema, type ServiceVault } from "@carewire/service-kit";
import { createTestDatabase } from "@carewire/testkit";
import type { SignatureScheme } from "@carewire/verifiers";
import { hotPathSettings } from "../store/hot-path-settings.ts";

export interface SubscriptionDraft {
  url?: string;
  /** Patterns; default every type. */
  events?: string[];
  accountId?: string | null;
  active?: boolean;
  retryPolicy?: "none" | "exponential";
  /** Default 90: after milliseconds each, fewer could be used up while a busy machine runs the test. */
  retriesMax?: number;
  successCodes?: "2xx" | "200";
  format?: PayloadFormat;
  scheme?: SignatureScheme;
  /** Signing secrets, newest last; default one generated `whsec_…`. */
  secrets?: string[];
  headers?: Record<string, string>;
  sensitiveHeaders?: Record<string, string>;
  /** As the API seals it: `{type: "basic", username, password}` and the like. */
  endpointAuth?: Record<string, string>;
  clientCertificate?: { certificate: string; key: string };
  filter?: object;
  ordering?: "none" | "fifo";
}

export interface TestSubscription {
  id: string;
  shard: number;
  /** `whsec_…`, newest last. */
  secrets: string[];
}

const statusNames = ["pending", "held", "delivered", "failed", "cancelled"] as const;

export interface DeliveryNow {
  id: string;
  subscriptionId: string;
  status: (typeof statusNames)[number];
  attempts: number;
}

export interface AttemptNow {
  n: number;
  outcome: string;
  status: number | null;
  nextStep: string;
  reason: string;
  durationMs: number | null;
}

/** A migrated database with one organization, and the few things an API would do to it. */
export interface DeliveryBench {
  /** For dispatchers: a login with no more rights than in production. */
  url: string;
  sql: Sql;
  vault: ServiceVault;
  organizationId: string;
  subscribe(draft?: SubscriptionDraft): Promise<TestSubscription>;
  /** Adds a newer secret; the older ones sign along. */
  rotateSecret(subscription: TestSubscription): Promise<void>;
  /** Stores an event for routing and returns its id. `and` is done to it before a dispatcher can see it. */
  publish(
    draft?: Partial<EventDraft> & { data?: string },
    and?: (tx: Transaction, eventId: string) => Promise<unknown>,
  ): Promise<string>;
  /** Stores `count` events alike with one statement. */
  publishMany(count: number): Promise<void>;
  /** Removes every event, delivery and subscription. */
  reset(): Promise<void>;
  /** Deliveries of the event (of all events without one), as they are now. */
  deliveries(eventId?: string): Promise<DeliveryNow[]>;
  /** Its attempts (of one delivery only, if named), oldest first. */
  attempts(eventId: string, deliveryId?: string): Promise<AttemptNow[]>;
  /** Tells dispatchers that there is something to route. */
  wake(): Promise<void>;
  addAccount(): Promise<string>;
  addConsumer(name: string, topics: string[], active?: boolean): Promise<string>;
  close(): Promise<void>;
}

const tables = [
  "subscriptions",
  "consumers",
  "route_queue",
  "filter_queue",
  "fifo_queue",
  "fifo_lanes",
  "endpoint_drains",
  "delivery_queue",
  "deliveries",
  "attempts",
  "events",
  "event_payloads",
];

/** `keyEncryptionKeys` as the environment variable has them; default one of its own. */
export async function createDeliveryBench({
  keyEncryptionKeys = `k1:${randomBytes(32).toString("base64")}`,
} = {}): Promise<DeliveryBench> {
  const { url: ownerUrl, serviceUrl: url, drop } = await createTestDatabase(migrations);
  const sql = connect({ url: ownerUrl, max: 6, applicationName: "bench", settings: hotPathSettings });
  const vault = createVault({ sql, keyEncryptionKeys: keyEncryptionKeysSchema.parse(keyEncryptionKeys) });
  const publisher = createPublisher({ vault });
  const organizationId = newId(systemClock.now());
  await sql`insert into organizations (id, name) values (${organizationId}, 'Bench Hospital')`;

  const generateSecret = () => `whsec_${randomBytes(32).toString("base64")}`;

  async function addSecret(subscriptionId: string, secret = generateSecret()): Promise<string> {
    const id = newId(systemClock.now());
    const sealed = await vault.seal(organizationId, `subscription_secrets:${id}`, Buffer.from(secret));
    await sql`insert into subscription_secrets (id, organization_id, subscription_id, secret)
      values (${id}, ${organizationId}, ${subscriptionId}, ${sealed})`;
    return secret;
  }

  async function sealInto(id: string, column: string, value: unknown): Promise<void> {
    if (value === undefined) return;
    const bytes = Buffer.from(JSON.stringify(value));
    const sealed = await vault.seal(organizationId, `subscriptions:${id}:${column}`, bytes);
    await sql`update subscriptions set ${sql(column)} = ${sealed} where id = ${id}`;
  }

  const newDraft = (): EventDraft => {
    const [id, occurredAt] = [newId(systemClock.now()), new Date(systemClock.now())];
    const body = Buffer.from("{}");
    return { id, organizationId, type: "order.paid", sourceService: "bench", occurredAt, body };
  };

  return {
    url,
    sql,
    vault,
    organizationId,
    async subscribe(draft = {}) {
      const id = newId(systemClock.now());
      const { events = ["*"], active = true, accountId = null } = draft;
      const [row] = await sql<{ shard: number }[]>`
        insert into subscriptions (id, organization_id, account_id, name, url, events, active, retry_policy,
          max_retries, success_codes, shard, created_by)
        values (${id}, ${organizationId}, ${accountId}, 'bench', ${draft.url ?? "http://127.0.0.1:9/hook"},
          ${events}, ${active}, ${draft.retryPolicy ?? "exponential"}, ${draft.retriesMax ?? 90},
          ${draft.successCodes ?? "2xx"}, hashtextextended(${id}::text, 0) & 63, 'bench') returning shard`;
      const shard = row?.shard ?? -1;
      await sql`update subscriptions set payload_format = ${draft.format ?? "envelope"},
        signature_scheme = ${draft.scheme ?? "standard-webhooks"}, headers = ${sql.json(draft.headers ?? {})},
        filter = ${draft.filter === undefined ? null : JSON.stringify(draft.filter)}::text::jsonb, ordering = ${draft.ordering ?? "none"}
        where id = ${id}`;
      await sealInto(id, "sensitive_headers", draft.sensitiveHeaders);
      await sealInto(id, "endpoint_auth", draft.endpointAuth);
      await sealInto(id, "client_certificate", draft.clientCertificate);
      for (const pattern of events) {
        await sql`insert into subscription_patterns (organization_id, pattern, subscription_id, account_id, shard, held,
            filtered, fifo)
          values (${organizationId}, ${pattern}, ${id}, ${accountId}, ${shard}, ${!active},
            ${draft.filter !== undefined}, ${draft.ordering === "fifo"})`;
      }
      const secrets: string[] = [];
      for (const secret of draft.secrets ?? [generateSecret()]) secrets.push(await addSecret(id, secret));
      return { id, shard, secrets };
    },
    async rotateSecret(subscription) {
      subscription.secrets.push(await addSecret(subscription.id));
      await sql`update subscriptions set version = version + 1 where id = ${subscription.id}`;
    },
    async publish({ data = "{}", ...more } = {}, and = async () => {}) {
      const draft = { ...newDraft(), body: Buffer.from(data), ...more };
      await sql.begin(async (tx) => {
        await publisher.publish(tx, [draft]);
        await and(tx, draft.id);
      });
      return draft.id;
    },
    publishMany: (count) => publisher.publish(sql, Array.from({ length: count }, newDraft)),
    async reset() {
      // In the order in which a dispatcher that still runs locks them.
      const locks = "select from subscriptions order by id for update;";
      // Not truncate: on this many partitions that takes longer than the rest of a test.
      await sql.unsafe([locks, ...tables.map((table) => `delete from ${table};`)].join(" "));
    },
    async deliveries(eventId) {
      const rows = await sql<{ id: string; destination_id: string; status: number; attempts: number }[]>`
        select id, destination_id, status, attempts from deliveries
        where ${eventId === undefined} or event_id = ${eventId ?? null} order by id`;
      return rows.map(
        (row): DeliveryNow => ({
          id: row.id,
          subscriptionId: row.destination_id,
          status: statusNames[row.status] ?? "pending",
          attempts: row.attempts,
        }),
      );
    },
    attempts: (eventId, deliveryId) => sql<AttemptNow[]>`
      select a.n, a.outcome, a.http_status status, a.next_step "nextStep", a.reason, a.duration_ms "durationMs"
      from attempts a join deliveries d on d.id = a.delivery_id where d.event_id = ${eventId}
        and (${deliveryId ?? null}::uuid is null or d.id = ${deliveryId ?? null})
      order by a.id`,
    async wake() {
      await sql.notify(wakeChannel, "route");
    },
    async addAccount() {
      const id = newId(systemClock.now());
      await sql`insert into accounts (id, organization_id, name) values (${id}, ${organizationId}, 'branch')`;
      return id;
    },
    async addConsumer(name, topics, active = true) {
      const id = newId(systemClock.now());
      await sql`insert into consumers (id, name, active) values (${id}, ${name}, ${active})`;
      for (const topic of topics) {
        await sql`insert into consumer_topics (topic, consumer_id) values (${topic}, ${id})`;
      }
      return id;
    },
    async close() {
      await sql.end({ timeout: 1 });
      await drop();
    },
  };
}
