import { payloadAad, type Vault } from "@carewire/bus";
import { createGroupCommit, type Sql } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import { parseSigningSecret, type SigningKey, signStandardWebhook } from "@carewire/verifiers";
import { type Leased, leaseDeliveries } from "./lease.ts";
import { createPost } from "./post.ts";
import { recordDelivered } from "./record.ts";

/** Where a subscription's deliveries go, ready to use. */
export interface Endpoint {
  url: URL;
  key: SigningKey;
}

/** What one job does: lease its delivery, send it, record the outcome. Reads and records are micro-batched. */
export function createDeliver({
  sql,
  vault,
}: {
  sql: Sql;
  vault: Vault;
}): (deliveryId: string) => Promise<void> {
  const post = createPost();
  const endpoints = new Map<string, Promise<Endpoint>>();
  const limits = { batchMax: 2_000, waitingMax: 100_000 };
  const leases = createGroupCommit({ flush: (ids: string[]) => leaseDeliveries(sql, ids), ...limits });
  const records = createGroupCommit({
    flush: async (batch: Parameters<typeof recordDelivered>[1]) => {
      await recordDelivered(sql, batch);
      return batch;
    },
    ...limits,
  });

  function endpointOf(leased: Leased): Promise<Endpoint> {
    let endpoint = endpoints.get(leased.subscription_id);
    if (!endpoint) {
      endpoint = loadEndpoint(sql, vault, leased);
      endpoints.set(leased.subscription_id, endpoint);
    }
    return endpoint;
  }

  return async (deliveryId) => {
    const leased = await leases.submit(deliveryId);
    if (!leased) return;
    const endpoint = await endpointOf(leased);
    const dataKey = await vault.dataKey(leased.organization_id);
    const startedAtMs = Date.now();
    const messageId = publicId("evt", leased.event_id);
    const body = buildBody(leased, messageId, dataKey.open(payloadAad(leased.event_id), leased.body));
    const headers = buildHeaders(endpoint, messageId, Math.floor(startedAtMs / 1_000), body);
    const answer = await post(endpoint.url, headers, body);
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    await records.submit({
      attemptId: newId(Date.now()),
      deliveryId,
      organizationId: leased.organization_id,
      leaseToken: leased.lease_token,
      attempt: leased.attempt,
      httpStatus: answer.status,
      durationMs: Date.now() - startedAtMs,
      requestHeaders: JSON.stringify(headers),
      responseHeaders: JSON.stringify(answer.headers),
      startedAtMs,
    });
  };
}

function buildBody(leased: Leased, messageId: string, data: Buffer): Buffer {
  const createdAt = new Date(leased.occurred_at_ms).toISOString();
  const head = `{"id":"${messageId}","type":"${leased.type}","created_at":"${createdAt}","data":`;
  const metadata = { api_version: "1.0", webhook_subscription_id: publicId("sub", leased.subscription_id) };
  return Buffer.concat([Buffer.from(head), data, Buffer.from(`,"metadata":${JSON.stringify(metadata)}}`)]);
}

function buildHeaders(
  endpoint: Endpoint,
  messageId: string,
  timestampSeconds: number,
  body: Buffer,
): string[] {
  const signature = signStandardWebhook(endpoint.key, messageId, timestampSeconds, body);
  const headers = ["content-type", "application/json", "user-agent", "Carewire/1", "webhook-id", messageId];
  headers.push("webhook-timestamp", String(timestampSeconds), "webhook-signature", signature);
  return headers;
}

async function loadEndpoint(sql: Sql, vault: Vault, leased: Leased): Promise<Endpoint> {
  const [row] = await sql<{ url: string; secret_id: string; secret: Buffer }[]>`
    select s.url, k.id secret_id, k.secret from subscriptions s join subscription_secrets k on k.subscription_id = s.id
    where s.id = ${leased.subscription_id}`;
  if (!row) throw new Error(`subscription ${leased.subscription_id} is gone`);
  const dataKey = await vault.dataKey(leased.organization_id);
  const secret = dataKey.open(`subscription_secrets:${row.secret_id}`, row.secret).toString();
  const parsed = parseSigningSecret(secret);
  if (!parsed.ok) throw new Error(`subscription ${leased.subscription_id} cannot sign (${parsed.code})`);
  return { url: new URL(row.url), key: parsed.key };
}
