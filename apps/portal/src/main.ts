import { systemClock } from "@carewire/envelope";
import { createLogger, createMetrics, runService } from "@carewire/service-kit";
import { createApiPools } from "./api/api-pools.ts";
import { createPortal } from "./app.ts";
import { readPortalEnv } from "./env.ts";
import { findWebBuild } from "./web-build.ts";

const name = "portal";
const env = readPortalEnv();
const logger = createLogger({ service: name, level: env.LOG_LEVEL });
const pools = createApiPools(env.SUBSCRIPTIONS_API_URL);
const portal = createPortal({
  pools,
  clock: systemClock,
  embedOrigins: env.PORTAL_EMBED_ORIGINS,
  webBuild: findWebBuild(),
});

await runService({
  name,
  port: env.PORT,
  host: env.HOST,
  logger,
  metrics: createMetrics({ service: name }),
  readiness: { "subscriptions-api": portal.reachApi },
  routes: portal.mount,
  drain: portal.endStreams,
  close: pools.close,
  shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
});
