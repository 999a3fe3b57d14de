import { connect } from "@carewire/db";
import { newId, systemClock } from "@carewire/envelope";
import {
  createEgressGuard,
  createLogger,
  createMetrics,
  createVault,
  egressPolicyOf,
  failpoint,
  runService,
} from "@carewire/service-kit";
import { limitMax } from "./admission/in-flight-limit.ts";
import { attemptLogFields, createAttemptLog } from "./attempt-log.ts";
import { createDispatcher } from "./create-dispatcher.ts";
import { createDispatcherMetrics } from "./dispatcher-metrics.ts";
import { readDispatcherEnv } from "./env.ts";
import { retentionOf } from "./retention/retention-env.ts";
import { createPools } from "./send/pools.ts";
import {
  claimSettings,
  hotPathSettings,
  recordingSettings,
  routingSettings,
} from "./store/hot-path-settings.ts";
import { assertNoEviction } from "./wake/assert-no-eviction.ts";
import { createShardHints } from "./wake/redis-hints.ts";

const env = readDispatcherEnv();
const logger = createLogger({
  service: "dispatcher",
  level: env.LOG_LEVEL,
  allowedFields: ["where", ...attemptLogFields],
});
const metrics = createMetrics({ service: "dispatcher" });
const sql = connect({
  url: env.DATABASE_URL,
  max: 6,
  applicationName: "dispatcher",
  settings: hotPathSettings,
});
const claimSql = connect({
  url: env.DATABASE_URL,
  max: 1,
  applicationName: "dispatcher-claim",
  settings: claimSettings,
});
const routeSql = connect({
  url: env.DATABASE_URL,
  max: 1,
  applicationName: "dispatcher-route",
  settings: routingSettings,
});
const recordSql = connect({
  url: env.DATABASE_URL,
  max: 2,
  applicationName: "dispatcher-record",
  settings: recordingSettings,
});
const wakeSql = connect({ url: env.DATABASE_URL, max: 1, applicationName: "dispatcher-wake" });
const guard = createEgressGuard({ policy: egressPolicyOf(env), proxy: env.EGRESS_PROXY_URL ?? null });
const onError = (where: string, error: unknown) =>
  logger.error({ where, err: error }, "dispatcher step failed");
const redisUrl = env.REDIS_URL;

const dispatcher = createDispatcher({
  sql,
  claimSql,
  routeSql,
  recordSql,
  wakeSql,
  vault: createVault({ sql, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS }),
  clock: systemClock,
  random: Math.random,
  pools: createPools({ ...guard, connectionsMax: limitMax, originsMax: 8_192 }),
  metrics: createDispatcherMetrics(metrics),
  instanceId: newId(systemClock.now()),
  createHints: redisUrl
    ? (onHint) => createShardHints({ redisUrl, onHint, onError: (error) => onError("redis", error) })
    : null,
  onError,
  onAttempt: createAttemptLog({ logger, level: env.LOG_LEVEL }),
  failpoint,
  settings: {
    attemptTimeoutMs: env.ATTEMPT_TIMEOUT_MS,
    leaseSeconds: env.LEASE_SECONDS,
    scheduleMs: env.RETRY_SCHEDULE_MS,
    disableAfterMs: env.DISABLE_AFTER_HOURS * 3_600_000,
    retention: retentionOf(env),
  },
});

await runService({
  name: "dispatcher",
  port: env.PORT,
  host: env.HOST,
  logger,
  metrics,
  // Redis only saves latency, so its absence does not make a dispatcher unready.
  readiness: { postgres: async () => void (await sql`select 1`) },
  start: async () => {
    if (redisUrl) await assertNoEviction(redisUrl);
    await dispatcher.start();
  },
  drain: dispatcher.drain,
  close: async () => {
    await Promise.all([sql, claimSql, routeSql, recordSql, wakeSql].map((pool) => pool.end({ timeout: 2 })));
  },
  shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
});
