import { randomBytes } from "node:crypto";
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
  findDocsAssets,
  runService,
} from "@carewire/service-kit";
import { createDepthMetrics } from "./alerts/depth-metrics.ts";
import { lookAtDepths } from "./alerts/look-at-depths.ts";
import { mountDlqAdmin } from "./app.ts";
import { oidcSettingsOf, readDlqEnv } from "./env.ts";
import { runJobs } from "./jobs/run-job-step.ts";
import { findPagesFolder } from "./pages/pages-folder.ts";
import { requireOrganization } from "./sessions/oidc/require-organization.ts";
import { createSessionStore } from "./sessions/session-store.ts";
import { countTraffic } from "./traffic/count-traffic.ts";
import { startWatch, type Watch } from "./watch/watch.ts";

const name = "dlq-admin";
const env = readDlqEnv();
const logger = createLogger({ service: name, level: env.LOG_LEVEL });
const sql = connect({ url: env.DATABASE_URL, max: 6, applicationName: name });
// What goes on by itself must not keep people waiting, nor they it.
const loopSql = connect({ url: env.DATABASE_URL, max: 3, applicationName: `${name}-loops` });
const waker = createWaker({
  notify: connect({ url: env.DATABASE_URL, max: 1, applicationName: `${name}-wake` }),
});
const vault = createVault({ sql, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS });
const metrics = createMetrics({ service: name });
const { authenticate } = createAuthenticator({ sql, clock: systemClock, logger, metrics });
const sessionRule = { hoursMax: env.SESSION_HOURS, idleMinutesMax: env.SESSION_IDLE_MINUTES };
const sessionStore = createSessionStore({ sql, clock: systemClock, random: randomBytes, rule: sessionRule });
const shared = {
  vault,
  clock: systemClock,
  waker,
  logger,
  failpoint,
  alertRule: { depthMax: env.DLQ_ALERT_DEPTH, ageSecondsMax: env.DLQ_ALERT_AGE_SECONDS },
};
const loop = { ...shared, sql: loopSql };
const look = { ...loop, publisher: createPublisher({ vault }), metrics: createDepthMetrics(metrics) };
const everyMs = env.DLQ_WATCH_SECONDS * 1_000;
const oidc = oidcSettingsOf(env);
let watches: Watch[] = [];

await runService({
  name,
  port: env.PORT,
  host: env.HOST,
  logger,
  metrics,
  readiness: { postgres: async () => void (await sql`select 1`) },
  routes: (app) =>
    mountDlqAdmin(app, {
      ...shared,
      sql,
      cursors: createCursors({ vault }),
      authenticate,
      sessionStore,
      sessionRule,
      oidc,
      pagesFolder: findPagesFolder(),
      docsAssetsFolder: findDocsAssets(),
    }),
  start: async () => {
    await requireOrganization(sql, oidc);
    watches = [
      startWatch(() => lookAtDepths(look), { what: "the dead letters", everyMs, logger }),
      startWatch(() => countTraffic(loop), { what: "the traffic", everyMs, logger }),
      startWatch(() => sessionStore.removeExpired(), { what: "the sessions", everyMs, logger }),
      startWatch(() => runJobs(loop), { what: "the bulk jobs", everyMs: env.DLQ_JOB_EVERY_MS, logger }),
    ];
  },
  drain: async () => void (await Promise.all(watches.map((watch) => watch.stop()))),
  close: async () => {
    await Promise.all([sql.end({ timeout: 2 }), loopSql.end({ timeout: 2 }), waker.close()]);
  },
  shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
});
