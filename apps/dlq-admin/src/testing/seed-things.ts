import { randomBytes } from "node:crypto";
import { inboundBodyAad, payloadAad, type Vault } from "@carewire/bus";
import { appendAudit, type Sql } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import type { TestTenant } from "./test-tenant.ts";

/** What one organization has, by public ids, and by row ids where tests look into the database. */
export interface SeededThings {
  source: string;
  sourceId: string;
  request: string;
  requestId: string;
  eventId: string;
  subscription: string;
  subscriptionId: string;
  delivery: string;
  deliveryId: string;
  job: string;
}

export interface SeedOptions {
  /** What the provider sent, and the event carries. */
  payload?: string;
  /** Answered by the endpoint. */
  responseBody?: string;
  type?: string;
  url?: string;
}

type Ids = Record<"source" | "request" | "event" | "subscription" | "delivery" | "attempt" | "job", string>;

async function insertInbound(
  sql: Sql,
  vault: Vault,
  { organizationId }: TestTenant,
  ids: Ids,
  options: SeedOptions,
) {
  const { payload = '{"email":"a@example.com"}', type = "order.paid" } = options;
  const body = Buffer.from(payload);
  const dataKey = await vault.dataKey(organizationId);
  await sql`insert into sources (id, organization_id, provider, name)
    values (${ids.source}, ${organizationId}, 'stripe', ${`source ${ids.source}`})`;
  await sql`
    insert into inbound_requests (id, organization_id, source_id, verdict, external_id, headers, body_hash, body_bytes, body)
    values (${ids.request}, ${organizationId}, ${ids.source}, 'accepted', 'evt_x', '{"content-type":"application/json"}',
      ${randomBytes(32)}, ${body.byteLength}, ${dataKey.seal(inboundBodyAad(ids.request), body)})`;
  await sql`
    insert into events (id, organization_id, type, source_service, occurred_at, inbound_request_id, body_bytes)
    values (${ids.event}, ${organizationId}, ${type}, 'test', now(), ${ids.request}, ${body.byteLength})`;
  await sql`insert into event_payloads (id, organization_id, type, occurred_at, body)
    values (${ids.event}, ${organizationId}, ${type}, now(), ${dataKey.seal(payloadAad(ids.event), body)})`;
}

async function insertOutbound(
  sql: Sql,
  vault: Vault,
  { organizationId }: TestTenant,
  ids: Ids,
  options: SeedOptions,
) {
  const {
    responseBody = "no such patient: a@example.com",
    url = "https://hooks.example.com/in?token=s3cret",
  } = options;
  const answered = (await vault.dataKey(organizationId)).seal(
    `attempts:${ids.attempt}`,
    Buffer.from(responseBody),
  );
  await sql`insert into subscriptions (id, organization_id, name, url, events, shard, created_by)
    values (${ids.subscription}, ${organizationId}, 'EMR Sync', ${url}, '{order.*}', 3, 'test')`;
  await sql`insert into deliveries (id, organization_id, event_id, destination_id, status, attempts, finished_at)
    values (${ids.delivery}, ${organizationId}, ${ids.event}, ${ids.subscription}, 3, 1, now())`;
  await sql`
    insert into attempts (id, delivery_id, organization_id, n, outcome, http_status, duration_ms, request_headers,
      response_headers, response_body, next_step, reason, started_at)
    values (${ids.attempt}, ${ids.delivery}, ${organizationId}, 1, 'http_4xx', 422, 12, 'webhook-id: x',
      'content-type: text/plain', ${answered}, 'failed', 'refused', now())`;
}

/** Gives a tenant one of everything: what came in, what went out, a job and an audit row. */
export async function seedThings(
  { sql, vault }: { sql: Sql; vault: Vault },
  tenant: TestTenant,
  options: SeedOptions = {},
): Promise<SeededThings> {
  const { organizationId } = tenant;
  const names = ["source", "request", "event", "subscription", "delivery", "attempt", "job"] as const;
  const ids = Object.fromEntries(names.map((name) => [name, newId(Date.now())])) as Ids;
  await insertInbound(sql, vault, tenant, ids, options);
  await insertOutbound(sql, vault, tenant, ids, options);
  await sql`insert into dead_letter_jobs (id, organization_id, action, filter, reason, matched, status, created_by)
    values (${ids.job}, ${organizationId}, 'retry', '{}', 'seeded', 0, 'done', 'test')`;
  await sql.begin((tx) =>
    appendAudit(tx, {
      organizationId,
      actor: "test",
      action: "things.seeded",
      target: publicId("sub", ids.subscription),
      detail: {},
      now: new Date(),
    }),
  );
  return {
    source: publicId("src", ids.source),
    sourceId: ids.source,
    request: publicId("inr", ids.request),
    requestId: ids.request,
    eventId: ids.event,
    subscription: publicId("sub", ids.subscription),
    subscriptionId: ids.subscription,
    delivery: publicId("dlv", ids.delivery),
    deliveryId: ids.delivery,
    job: publicId("job", ids.job),
  };
}
