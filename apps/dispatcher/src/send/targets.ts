import type { DataKey, Vault } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import {
  buildTail,
  type CustomHeaders,
  type DeliveryPolicy,
  loadSubscriptions,
  openHeaders,
  openSigner,
  type PayloadFormat,
  type SubscriptionRow,
} from "@carewire/delivery";
import type { Signer } from "@carewire/verifiers";
import { type ClientIdentity, parseClientIdentity } from "./client-identity.ts";
import {
  type EndpointAuth,
  type Oauth2Client,
  parseEndpointAuth,
  withAuthentication,
} from "./endpoint-auth.ts";

/** A subscription, ready to send to: its address taken apart, its keys parsed, its part of the body built. */
export interface Target {
  id: string;
  accountId: string | null;
  version: number;
  active: boolean;
  /** Its deliveries of one subject wait for each other. */
  ordered: boolean;
  origin: string;
  path: string;
  format: PayloadFormat;
  tail: Buffer | null;
  /** With the keys in force when it was loaded. */
  signer: Signer;
  headers: CustomHeaders;
  oauth: Oauth2Client | null;
  identity: ClientIdentity | null;
  /** When it is to be read anew: it is old, or one of its keys no longer signs. */
  staleAtMs: number;
  dataKey: DataKey;
  policy: DeliveryPolicy;
  /** null: as many as it answers. */
  ratePerSecond: number | null;
}

export interface Targets {
  /** The cached target, if it is of this version or newer, and fresh. */
  get(id: string, version: number): Target | null;
  /**
   * Reads the given subscriptions anew; resolves to them, by id. Those that are gone are missing. Whoever had them read goes
   * on with what came: others read some of the same meanwhile, and what is in the cache is theirs.
   */
  load(ids: string[]): Promise<Map<string, Target>>;
}

/** A change that is noticed nowhere else is noticed after this. */
const targetAgeMsMax = 60_000;
/** Those who had it read must still find it, however soon one of its keys expires. */
const targetAgeMsMin = 1_000;

export function createTargets(deps: {
  sql: Sql;
  vault: Vault;
  clock: { now(): number };
  targetsMax: number;
  /** The retry schedule of every subscription. */
  scheduleMs: readonly number[];
  /** Told about every subscription that was read. */
  onLoaded(row: SubscriptionRow): void;
  onUnreadable(subscriptionId: string, error: unknown): void;
}): Targets {
  const { sql, vault, clock, targetsMax, scheduleMs, onLoaded, onUnreadable } = deps;
  const cache = new Map<string, Target>();

  function keep(id: string, target: Target | undefined): void {
    const known = cache.get(id);
    // Read before that one was, although it took longer.
    if (known && target && known.version > target.version) return;
    cache.delete(id);
    if (!target) return;
    if (cache.size >= targetsMax) {
      const [oldest] = cache.keys();
      if (oldest !== undefined) cache.delete(oldest);
    }
    cache.set(id, target);
  }

  return {
    get(id, version) {
      const target = cache.get(id);
      if (!target || target.version < version) return null;
      return clock.now() > target.staleAtMs ? null : target;
    },
    async load(ids) {
      const rows = await loadSubscriptions(sql, ids);
      const loaded = new Map<string, Target>();
      for (const row of rows) {
        onLoaded(row);
        try {
          const dataKey = await vault.dataKey(row.organization_id);
          loaded.set(row.id, toTarget(row, dataKey, scheduleMs, clock.now()));
        } catch (error) {
          // One row that cannot be read must not stop its neighbours; its deliveries wait.
          onUnreadable(row.id, error);
        }
      }
      for (const id of ids) keep(id, loaded.get(id));
      return loaded;
    },
  };
}

function toTarget(
  row: SubscriptionRow,
  dataKey: DataKey,
  scheduleMs: readonly number[],
  nowMs: number,
): Target {
  const url = new URL(row.url);
  const auth = openAuth(row, dataKey);
  return {
    id: row.id,
    accountId: row.account_id,
    version: row.version,
    active: row.active,
    ordered: row.ordering === "fifo",
    origin: url.origin,
    path: url.pathname + url.search,
    format: row.payload_format,
    tail: buildTail(row.payload_format, row.id),
    signer: openSigner(row, dataKey),
    headers: withAuthentication(openHeaders(row, dataKey), auth),
    oauth: auth?.type === "oauth2" ? auth.client : null,
    identity: openIdentity(row, dataKey),
    staleAtMs: nowMs + freshMs(row),
    dataKey,
    policy: {
      retryPolicy: row.retry_policy,
      retriesMax: row.max_retries,
      successCodes: row.success_codes,
      scheduleMs,
    },
    ratePerSecond: row.rate_limit_per_second,
  };
}

/** How long a row just read may be used: no longer than every key in it signs. */
function freshMs({ secrets_ms: untilExpiryMs }: SubscriptionRow): number {
  if (untilExpiryMs === null) return targetAgeMsMax;
  return Math.min(targetAgeMsMax, Math.max(targetAgeMsMin, untilExpiryMs));
}

function openAuth(row: SubscriptionRow, dataKey: DataKey): EndpointAuth | null {
  if (row.endpoint_auth === null) return null;
  return parseEndpointAuth(row, dataKey.open(`subscriptions:${row.id}:endpoint_auth`, row.endpoint_auth));
}

function openIdentity(row: SubscriptionRow, dataKey: DataKey): ClientIdentity | null {
  if (row.client_certificate === null) return null;
  const aad = `subscriptions:${row.id}:client_certificate`;
  return parseClientIdentity(row.id, dataKey.open(aad, row.client_certificate));
}
