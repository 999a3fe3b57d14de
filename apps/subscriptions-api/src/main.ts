import { randomBytes } from "node:crypto";
import { createAcceptor, createWaker } from "@carewire/bus";
import { assertDurable, connect } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import {
  createAuthenticator,
  createEgressGuard,
  createLogger,
  createMetrics,
  createVault,
  egressPolicyOf,
  failpoint,
  findDocsAssets,
  runService,
} from "@carewire/service-kit";
import { mountApi } from "./app.ts";
import { readApiEnv } from "./env.ts";
import { createLive } from "./streams/create-live.ts";
import { timeoutsOf } from "./timeouts.ts";

const name = "subscriptions-api";
const env = readApiEnv();
const logger = createLogger({ service: name, level: env.LOG_LEVEL });
const pool = (max: number, purpose: string) =>
  connect({ url: env.DATABASE_URL, max, applicationName: `${name}-${purpose}` });

const sql = connect({
  url: env.DATABASE_URL,
  max: 8,
  applicationName: `${name}-queries`,
  // Nobody waits for a list beyond the request's deadline.
  settings: { statement_timeout: 20_000 },
});
// Slow lists must hold up neither who publishes nor who signs in, nor batches single events: none share connections.
const callersSql = pool(4, "callers");
const storeSql = pool(5, "store");
const waker = createWaker({ notify: pool(1, "wake") });
const vault = createVault({ sql: callersSql, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS });
const acceptor = createAcceptor({ sql: storeSql, vault, waker });
const batchAcceptor = createAcceptor({
  sql: storeSql,
  vault,
  waker,
  batchMax: 8,
  waitingMax: 64,
  commitsMax: 2,
});
const metrics = createMetrics({ service: name });
const authenticator = createAuthenticator({ sql: callersSql, clock: systemClock, logger, metrics });
const live = createLive({
  sql: connect({
    url: env.DATABASE_URL,
    max: 4,
    applicationName: `${name}-live`,
    settings: { enable_seqscan: "off", jit: "off" },
  }),
  vault,
  random: Math.random,
  settings: { attemptTimeoutMs: env.ATTEMPT_TIMEOUT_MS, scheduleMs: env.RETRY_SCHEDULE_MS },
  clock: systemClock,
  onError: (where, error) => logger.warn({ err: error, check: where }, "open connections"),
});
const guard = createEgressGuard({ policy: egressPolicyOf(env), proxy: env.EGRESS_PROXY_URL ?? null });

await runService({
  name,
  port: env.PORT,
  host: env.HOST,
  logger,
  metrics,
  readiness: { postgres: async () => void (await callersSql`select 1`) },
  routes: (app) =>
    mountApi(app, {
      sql,
      callersSql,
      vault,
      clock: systemClock,
      acceptor,
      batchAcceptor,
      guard,
      random: randomBytes,
      authenticator,
      live,
      platformSql: sql,
      limits: { eventBytesMax: env.EVENT_BYTES_MAX, subscriptionsMax: env.SUBSCRIPTIONS_MAX },
      portal: { url: env.PORTAL_URL ?? null, embedOrigins: env.PORTAL_EMBED_ORIGINS },
      failpoint,
      docsAssetsFolder: findDocsAssets(),
      ...timeoutsOf(env.ATTEMPT_TIMEOUT_MS),
    }),
  async start() {
    await assertDurable(storeSql);
    await live.start();
  },
  drain: async () => {
    await Promise.all([acceptor.drain(), batchAcceptor.drain(), live.close()]);
  },
  close: async () => {
    const pools = [sql, callersSql, storeSql].map((each) => each.end({ timeout: 2 }));
    await Promise.all([...pools, waker.close()]);
  },
  shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
});
