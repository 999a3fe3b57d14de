import { type Consumption, createPublisher, createWaker } from "@carewire/bus";
import { connect } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import { createLogger, createMetrics, createVault, failpoint, runService } from "@carewire/service-kit";
import { readWorkerEnv } from "./env.ts";
import { startConsumers } from "./start-consumers.ts";

const service = "ingress-payments-worker";
const env = readWorkerEnv();
const logger = createLogger({ service, level: env.LOG_LEVEL });
const metrics = createMetrics({ service });
const attempts = metrics.counter({
  name: "carewire_consumer_attempts_total",
  help: "Attempts of deliveries to consumers by consumer and outcome.",
  labelNames: ["consumer", "outcome"],
});
const sql = connect({ url: env.DATABASE_URL, max: 16, applicationName: service });
const waker = createWaker({
  notify: connect({ url: env.DATABASE_URL, max: 1, applicationName: `${service}-wake` }),
});
const vault = createVault({ sql, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS });
let consumers: Consumption[] = [];

await runService({
  name: service,
  port: env.PORT,
  host: env.HOST,
  logger,
  metrics,
  readiness: { postgres: async () => void (await sql`select 1`) },
  async start() {
    consumers = startConsumers({
      sql,
      listen: sql,
      vault,
      publisher: createPublisher({ vault }),
      waker,
      clock: systemClock,
      random: Math.random,
      logger,
      concurrency: 4,
      leaseSeconds: env.CONSUMER_LEASE_SECONDS,
      handlerTimeoutMs: env.CONSUMER_LEASE_SECONDS * 500,
      observe: ({ consumer, outcome }) => attempts.inc({ consumer, outcome }),
      failpoint,
    });
    // Ready means registered: what is routed before goes to nobody.
    await Promise.all(consumers.map((consumer) => consumer.registered));
  },
  drain: async () => {
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  },
  close: async () => {
    await Promise.all([sql.end({ timeout: 2 }), waker.close()]);
  },
  shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
});
