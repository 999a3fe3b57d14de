import { createPublisher, createWaker } from "@carewire/bus";
import { connect } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import {
  createAuthenticator,
  createCursors,
  createLogger,
  createMetrics,
  createVault,
  failpoint,
  runService,
} from "@carewire/service-kit";
import { createDepthMetrics } from "./alerts/depth-metrics.ts";
import { lookAtDepths } from "./alerts/look-at-depths.ts";
import { startWatch, type Watch } from "./alerts/watch.ts";
import { mountDlqAdmin } from "./app.ts";
import { readDlqEnv } from "./env.ts";

const name = "dlq-admin";
const env = readDlqEnv();
const logger = createLogger({ service: name, level: env.LOG_LEVEL });
const sql = connect({ url: env.DATABASE_URL, max: 6, applicationName: name });
const waker = createWaker({
  notify: connect({ url: env.DATABASE_URL, max: 1, applicationName: `${name}-wake` }),
});
const vault = createVault({ sql, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS });
const metrics = createMetrics({ service: name });
const { authenticate } = createAuthenticator({ sql, clock: systemClock, logger, metrics });
const shared = {
  sql,
  vault,
  clock: systemClock,
  waker,
  alertRule: { depthMax: env.DLQ_ALERT_DEPTH, ageSecondsMax: env.DLQ_ALERT_AGE_SECONDS },
};
const look = {
  ...shared,
  publisher: createPublisher({ vault }),
  logger,
  metrics: createDepthMetrics(metrics),
};
let watch: Watch | null = null;

await runService({
  name,
  port: env.PORT,
  host: env.HOST,
  logger,
  metrics,
  readiness: { postgres: async () => void (await sql`select 1`) },
  routes: (app) =>
    mountDlqAdmin(app, { ...shared, cursors: createCursors({ vault }), authenticate, failpoint }),
  start: () => {
    watch = startWatch(() => lookAtDepths(look), { everyMs: env.DLQ_WATCH_SECONDS * 1_000, logger });
  },
  drain: async () => watch?.stop(),
  close: async () => {
    await Promise.all([sql.end({ timeout: 2 }), waker.close()]);
  },
  shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
});
