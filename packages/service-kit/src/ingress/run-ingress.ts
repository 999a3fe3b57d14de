import { createAcceptor, createWaker } from "@carewire/bus";
import { connect } from "@carewire/db";
import { type Clock, systemClock } from "@carewire/envelope";
import { failpoint } from "../failpoints/failpoint.ts";
import { createLogger } from "../logging/create-logger.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import type { ProcessHost } from "../service/process-host.ts";
import { type RunningService, runService } from "../service/run-service.ts";
import { createVault } from "../vault/create-vault.ts";
import { createIngress } from "./create-ingress.ts";
import type { IngressEnv } from "./ingress-env.ts";
import { createKeepMalformed } from "./keep-malformed.ts";
import { prepareStorage } from "./prepare-storage.ts";
import type { BoundProvider } from "./provider.ts";
import { createSources } from "./sources.ts";
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
  const organizationId = env.CAREWIRE_ORGANIZATION_ID;
  const logger = createLogger({ service, level: env.LOG_LEVEL });
  const metrics = createMetrics({ service });
  const sql = connect({ url: env.DATABASE_URL, max: 4, applicationName: service });
  const waker = createWaker({
    notify: connect({ url: env.DATABASE_URL, max: 1, applicationName: `${service}-wake` }),
  });
  const vault = createVault({ sql, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS });
  const acceptor = createAcceptor({ sql, vault, waker });
  const sources = createSources({ sql, clock, organizationId });
  const stopping = new AbortController();
  const ingress = createIngress({
    service,
    organizationId,
    providers,
    acceptor,
    sources,
    keepMalformed: createKeepMalformed({ sql, vault, clock }),
    tlsRule: createTlsRule({
      required: env.CAREWIRE_ENV === "production",
      trustedProxies: env.TRUSTED_PROXIES,
    }),
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
    readiness: { postgres: async () => void (await sql`select 1`) },
    routes: ingress.mount,
    start: () => prepareStorage({ sql, sources, providers, signal: stopping.signal }),
    drain: () => {
      stopping.abort();
      return acceptor.drain();
    },
    close: async () => {
      await Promise.all([sql.end({ timeout: 2 }), waker.close()]);
    },
    clock,
    process: options.process,
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  });
}
