import { type Clock, systemClock } from "@carewire/envelope";
import { failpoint } from "../failpoints/failpoint.ts";
import { createLogger } from "../logging/create-logger.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import type { ProcessHost } from "../service/process-host.ts";
import { type RunningService, runService } from "../service/run-service.ts";
import { createAddressList } from "./address-list.ts";
import { createIngress } from "./create-ingress.ts";
import type { IngressEnv } from "./ingress-env.ts";
import { openStorage } from "./open-storage.ts";
import type { BoundProvider } from "./provider.ts";
import { createSourceRules } from "./source-rules.ts";
import { createTlsRule } from "./tls-rule.ts";

export interface RunIngressOptions {
  /** The family's name, e.g. `payments`; the service is `ingress-<family>`. */
  family: string;
  env: IngressEnv;
  providers: readonly BoundProvider[];
  /** Default: the machine's clock. */
  clock?: Clock;
  /** Default: this process; a test passes its own. */
  process?: ProcessHost;
}

/** Runs an ingress app until it is told to stop. Needs Postgres and nothing else: Redis plays no part here. */
export async function runIngress(options: RunIngressOptions): Promise<RunningService> {
  const { family, env, providers, clock = systemClock } = options;
  const service = `ingress-${family}`;
  const logger = createLogger({ service, level: env.LOG_LEVEL });
  const metrics = createMetrics({ service });
  const trustedProxies = createAddressList(env.TRUSTED_PROXIES, "trusted proxy");
  const sourceRules = createSourceRules({
    config: env.SOURCE_RULES,
    providers,
    trustedProxies,
    clientCertificateHeader: env.CLIENT_CERTIFICATE_HEADER,
    clock,
  });
  const storage = openStorage({ env, service, clock });
  const ingress = createIngress({
    service,
    organizationId: env.CAREWIRE_ORGANIZATION_ID,
    providers,
    acceptor: storage.acceptor,
    sources: storage.sources,
    keepMalformed: storage.keepMalformed,
    tlsRule: createTlsRule({ required: env.CAREWIRE_ENV === "production", trustedProxies }),
    sourceRules,
    clock,
    metrics,
    logger,
    failpoint,
  });
  return runService({
    name: service,
    port: env.PORT,
    host: env.HOST,
    logger,
    metrics,
    readiness: { postgres: storage.ping },
    routes: ingress.mount,
    start: () => storage.prepare(providers),
    drain: storage.drain,
    close: storage.close,
    clock,
    process: options.process,
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  });
}
