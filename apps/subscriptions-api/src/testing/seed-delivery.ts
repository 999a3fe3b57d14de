import { newId, parsePublicId, publicId } from "@carewire/envelope";
import type { TestApi } from "./start-test-api.ts";
import type { TestTenant } from "./test-tenant.ts";

/** What a seeded delivery looks like; default: pending, queued, never tried. */
export interface DeliverySeed {
  tenant?: TestTenant;
  /** `sub_…` */
  subscription: string;
  eventId?: string;
  type?: string;
  /** As stored: 0 pending, 1 held, 2 delivered, 3 failed, 4 cancelled. */
  status?: number;
  /** HTTP status of each try so far, null when unanswered. */
  tries?: (number | null)[];
  responseBody?: string;
}

/** The ids of what was seeded: the row's, and the public one. */
export interface SeededDelivery {
  rowId: string;
  id: string;
}

async function insertAttempt(
  api: TestApi,
  tenant: TestTenant,
  rowId: string,
  n: number,
  httpStatus: number | null,
  body: string,
) {
  const id = newId(Date.now());
  const dataKey = await api.vault.dataKey(tenant.organizationId);
  await api.sql`
    insert into attempts (id, delivery_id, organization_id, n, outcome, http_status, duration_ms, error, request_headers,
      response_headers, response_body, next_step, reason, started_at)
    values (${id}, ${rowId}, ${tenant.organizationId}, ${n}, ${httpStatus === null ? "timeout" : "answered"}, ${httpStatus},
      12, ${httpStatus === null ? "no answer" : null}, ${"webhook-id: evt_1\n"},
      ${"server: x\n"}, ${dataKey.seal(`attempts:${id}`, Buffer.from(body))}, 'retry', 'will be tried again', now())`;
}

/** Puts an event, its delivery, its queue row and its attempts in place, as routing and the dispatcher would. */
export async function seedDelivery(api: TestApi, seed: DeliverySeed): Promise<SeededDelivery> {
  const { tenant = api.tenant, status = 0, tries = [], type = "order.paid", responseBody = "ok" } = seed;
  const rowId = newId(Date.now());
  const eventId = seed.eventId ?? newId(Date.now());
  const destinationId = parsePublicId("sub", seed.subscription);
  const { organizationId } = tenant;
  if (seed.eventId === undefined) {
    await api.sql`
      insert into events (id, organization_id, type, source_service, occurred_at, body_bytes)
      values (${eventId}, ${organizationId}, ${type}, 'test', now(), 2)`;
  }
  await api.sql`
    insert into deliveries (id, organization_id, event_id, destination_id, status, attempts, finished_at)
    values (${rowId}, ${organizationId}, ${eventId}, ${destinationId}, ${status}, ${tries.length},
      ${status > 1 ? new Date() : null})`;
  if (status === 0) {
    await api.sql`
      insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lane, attempts)
      select ${rowId}, ${organizationId}, ${eventId}, id, shard, ${tries.length > 0 ? 1 : 0}, ${tries.length}
      from subscriptions where id = ${destinationId}`;
  }
  for (const [i, httpStatus] of tries.entries()) {
    await insertAttempt(api, tenant, rowId, i + 1, httpStatus, responseBody);
  }
  return { rowId, id: publicId("dlv", rowId) };
}

/** Creates a subscription over the API; returns its public id. */
export async function createSubscription(
  api: TestApi,
  body: object = {},
  key = api.tenant.key,
): Promise<string> {
  const answer = await api.send("POST", "/v1/subscriptions", {
    key,
    body: { name: "test", url: "https://hooks.example.com/in", ...body },
  });
  if (answer.status !== 201) throw new Error(`subscription not created: ${answer.text}`);
  return String(answer.body.id);
}
