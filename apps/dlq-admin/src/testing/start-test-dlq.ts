import { createSecretKey, randomBytes } from "node:crypto";
import {
  type ConsumeOptions,
  type Consumption,
  consume,
  consumerShard,
  createPublisher,
  createWaker,
  type EventDraft,
  type Vault,
  wakeChannel,
} from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { newId, publicId, systemClock } from "@carewire/envelope";
import { createVault } from "@carewire/service-kit";
import { createTestDatabase, eventually } from "@carewire/testkit";
import type { JobRunDeps } from "../jobs/run-job-step.ts";
import { startTestService, type TestServiceOptions } from "./start-test-service.ts";
import { createTenant, type TestTenant } from "./test-tenant.ts";

/** Fields that tests reach through; whether an answer has them is what they compare. The rest is compared only. */
export interface AnsweredBody {
  id: string;
  data: (Record<string, unknown> & { id: string })[];
  next_cursor: string | null;
  errors: { path: string; message: string }[];
  [name: string]: unknown;
}

export interface TestAnswer {
  status: number;
  headers: Headers;
  text: string;
  body: AnsweredBody;
}

export interface TestRequest {
  /** Null: none, for requests with a cookie. */
  key?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
}

type GivenConsumer = Partial<ConsumeOptions> & Pick<ConsumeOptions, "consumer" | "topics" | "handler">;

/** dlq-admin over real HTTP and a database of its own, and consumers that fail when a test wants it. */
export interface TestDlq {
  url: string;
  sql: Sql;
  serviceSql: Sql;
  vault: Vault;
  tenant: TestTenant;
  /** A second tenant, who must see nothing of the first. */
  stranger: TestTenant;
  /** A key that also has `platform:admin`. */
  operator: string;
  /** What bulk jobs are run with. */
  jobDeps: JobRunDeps;
  logs(): string;
  send(method: string, path: string, request?: TestRequest): Promise<TestAnswer>;
  startConsumer(given: GivenConsumer): Promise<Consumption>;
  /** Publishes an event of an internal topic, routes it and wakes the consumers; returns its row id. */
  publish(topic: string, payload: unknown, more?: Partial<EventDraft>): Promise<string>;
  /** Publishes to a consumer that buries it, and waits for the dead letter; returns its row id and its public one. */
  bury(
    topic: string,
    payload: unknown,
    more?: Partial<EventDraft>,
  ): Promise<{ id: string; rowId: string; eventId: string }>;
  auditOf(
    action: string,
  ): Promise<{ actor: string; target: string | null; detail: Record<string, unknown> }[]>;
  stop(): Promise<void>;
}

const silent = { info() {}, warn() {}, error() {} };

export interface TestDlqOptions extends TestServiceOptions {
  /** Rewrites the service's database URL, for a proxy in between. */
  databaseUrl?: (url: string) => string;
}

/** One delivery and one queue row per match, as the dispatcher's router makes them. */
async function route(sql: Sql): Promise<void> {
  await sql`
    with batch as materialized (select * from route_queue for update skip locked),
    matched as materialized (
      select uuidv7() id, b.organization_id, b.event_id, c.id consumer_id
      from batch b join consumer_topics t on t.topic = b.type join consumers c on c.id = t.consumer_id),
    routed as (delete from route_queue r using batch b where r.event_id = b.event_id),
    made as (insert into deliveries (id, organization_id, event_id, destination_id, destination_kind, status)
      select id, organization_id, event_id, consumer_id, 1, 0 from matched)
    insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
    select id, organization_id, event_id, consumer_id, ${consumerShard} from matched`;
  await sql.notify(wakeChannel, "consumers");
}

/** Starts a {@link TestDlq}; `stop` ends it and drops its database. */
export async function startTestDlq(options: TestDlqOptions = {}): Promise<TestDlq> {
  const database = await createTestDatabase(migrations);
  const { databaseUrl: rewrite = (url: string) => url } = options;
  const sql = connect({ url: database.url, max: 4, applicationName: "test" });
  const keyEncryptionKeys = [{ id: "test", key: createSecretKey(randomBytes(32)) }];
  const vault = createVault({ sql, keyEncryptionKeys });
  const started = await startTestService(rewrite(database.serviceUrl), keyEncryptionKeys, options);
  const publisher = createPublisher({ vault });
  const pool = connect({ url: database.serviceUrl, max: 10, applicationName: "test-consumers" });
  const waker = createWaker({ notify: pool });
  const tenant = await createTenant(sql, "tenant");
  const stranger = await createTenant(sql, "stranger");
  const consumptions: Consumption[] = [];

  async function publish(topic: string, payload: unknown, more: Partial<EventDraft> = {}): Promise<string> {
    const id = newId(Date.now());
    const draft: EventDraft = {
      id,
      organizationId: tenant.organizationId,
      type: topic,
      sourceService: "test",
      occurredAt: new Date(),
      body: Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)),
      ...more,
    };
    await publisher.publish(sql, [draft]);
    await route(sql);
    return draft.id;
  }

  return {
    url: started.service.url,
    sql,
    serviceSql: started.sql,
    vault,
    tenant,
    stranger,
    operator: await tenant.createKey({ scopes: ["dlq:admin", "platform:admin"] }),
    jobDeps: started.jobDeps,
    logs: started.logs,
    async send(method, path, { key = tenant.key, body, headers = {} } = {}) {
      const response = await fetch(`${started.service.url}${path}`, {
        method,
        redirect: "manual",
        headers: {
          ...(key !== null && { authorization: `Bearer ${key}` }),
          ...headers,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await response.text();
      const isJson = (response.headers.get("content-type") ?? "").split(";")[0]?.endsWith("json");
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: isJson ? JSON.parse(text) : null,
      };
    },
    async startConsumer(given) {
      const consumption = consume({
        sql: pool,
        listen: pool,
        vault,
        publisher,
        waker,
        clock: systemClock,
        random: Math.random,
        logger: silent,
        pollMs: 100,
        attemptsMax: 1,
        ...given,
      });
      consumptions.push(consumption);
      await consumption.registered;
      return consumption;
    },
    publish,
    async bury(topic, payload, more) {
      const eventId = await publish(topic, payload, more);
      const letter = await eventually(async () => {
        const [row] = await sql<{ id: string }[]>`
          select id from dead_letters where event_id = ${eventId} order by id desc limit 1`;
        return row;
      });
      return { id: publicId("dlq", letter.id), rowId: letter.id, eventId };
    },
    auditOf: (action) =>
      sql`select actor, target, detail from audit_log where action = ${action} order by organization_id, seq`,
    async stop() {
      await Promise.all(consumptions.map((consumption) => consumption.stop()));
      await started.service.stop();
      await Promise.all([pool.end({ timeout: 1 }), sql.end({ timeout: 1 })]);
      await database.drop();
    },
  };
}
