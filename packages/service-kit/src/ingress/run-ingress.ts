import type { Sql } from "@carewire/db";
import { type Clock, systemClock } from "@carewire/envelope";
import type { Express } from "express";
import { createClockSkewGauge, createClockWatch } from "../clock/clock-watch.ts";
import { failpoint } from "../failpoints/failpoint.ts";
import { createLogger, type Logger } from "../logging/create-logger.ts";
import { createMetrics, type Metrics } from "../metrics/create-metrics.ts";
import type { ProcessHost } from "../service/process-host.ts";
import { type RunningService, runService } from "../service/run-service.ts";
import type { ServiceVault } from "../vault/create-vault.ts";
import { createAddressList } from "./address-list.ts";
import { createIngress } from "./create-ingress.ts";
import type { IngressEnv } from "./ingress-env.ts";
import { openStorage } from "./open-storage.ts";
import type { BoundProvider } from "./provider.ts";
import { type RetryLoop, startRetryLoop } from "./retry-loop.ts";
import { createSourceRules } from "./source-rules.ts";
import { createTlsRule } from "./tls-rule.ts";

/** What routes beside the providers' are made of. */
export interface IngressRouteDeps {
  sql: Sql;
  vault: ServiceVault;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  organizationId: string;
}

export interface RunIngressOptions {
  /** The family's name, e.g. `payments`; the service is `ingress-<family>`. */
  family: string;
  env: IngressEnv;
  providers: readonly BoundProvider[];
  /** Adds routes that are no provider's, such as those with which payments are registered; default: none. */
  mountRoutes?(app: Express, deps: IngressRouteDeps): void;
  /** Default: the machine's clock. */
  clock?: Clock;
  /** Default: this process; a test passes its own. */
  process?: ProcessHost;
  /** Default: one to stdout, at the level of the environment; a test passes its own. */
  logger?: Logger;
  /** So long a request waits until it is stored, else it is answered 503; default: the acceptor's 3 s. */
  commitTimeoutMs?: number;
}

/** Runs an ingress app until it is told to stop. Needs Postgres and nothing else: Redis plays no part here. */
export async function runIngress(options: RunIngressOptions): Promise<RunningService> {
  const { family, env, providers, clock = systemClock, commitTimeoutMs } = options;
  const service = `ingress-${family}`;
  const logger = options.logger ?? createLogger({ service, level: env.LOG_LEVEL });
  const metrics = createMetrics({ service });
  const trustedProxies = createAddressList(env.TRUSTED_PROXIES, "trusted proxy");
  const sourceRules = createSourceRules({
    config: env.SOURCE_RULES,
    providers,
    trustedProxies,
    clientCertificateHeader: env.CLIENT_CERTIFICATE_HEADER,
    clock,
  });
  const storage = openStorage({ env, service, clock, commitTimeoutMs });
  const shared = { service, organizationId: env.CAREWIRE_ORGANIZATION_ID, providers, clock, failpoint };
  let retries: RetryLoop | null = null;
  const ingress = createIngress({
    ...shared,
    isKnown: storage.isKnown,
    acceptor: storage.acceptor,
    sources: storage.sources,
    keepMalformed: storage.keepMalformed,
    tlsRule: createTlsRule({ required: env.CAREWIRE_ENV === "production", trustedProxies }),
    sourceRules,
    metrics,
    logger,
  });
  const lookAtClock = createClockWatch({
    sql: storage.sql,
    clock,
    gauge: createClockSkewGauge(metrics),
    onSkew: (error) => logger.error({ err: error }, "this machine's clock or the database's is wrong"),
  });
  return runService({
    name: service,
    port: env.PORT,
    host: env.HOST,
    logger,
    metrics,
    // A database that can tell the time answers.
    readiness: { postgres: lookAtClock },
    routes(app) {
      ingress.mount(app);
      options.mountRoutes?.(app, { ...shared, sql: storage.sql, vault: storage.vault, logger, metrics });
    },
    async start() {
      if (await storage.prepare(providers))
        retries = startRetryLoop(() => storage.retryMalformed(shared), logger);
    },
    drain: async () => void (await Promise.all([retries?.stop(), storage.drain()])),
    close: storage.close,
    clock,
    process: options.process,
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  });
}
