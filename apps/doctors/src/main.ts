import { type Consumption, createPublisher, createWaker } from "@carewire/bus";
import { connect } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import { createLogger, createMetrics, createVault, failpoint, runService } from "@carewire/service-kit";
import { createConsumerMetrics } from "./consumer-metrics.ts";
import { readDoctorsEnv } from "./env.ts";
import { startConsumers } from "./start-consumers.ts";

const env = readDoctorsEnv();
const logger = createLogger({ service: "doctors", level: env.LOG_LEVEL });
const metrics = createMetrics({ service: "doctors" });
const sql = connect({ url: env.DATABASE_URL, max: 12, applicationName: "doctors" });
const notify = connect({ url: env.DATABASE_URL, max: 1, applicationName: "doctors-wake" });
const waker = createWaker({ notify });
const vault = createVault({ sql, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS });
const publisher = createPublisher({ vault });
const observe = createConsumerMetrics(metrics);
const limits = {
  leaseSeconds: env.CONSUMER_LEASE_SECONDS,
  handlerTimeoutMs: env.CONSUMER_LEASE_SECONDS * 500,
};
const tools = { sql, listen: sql, vault, publisher, waker, clock: systemClock, random: Math.random };
let consumers: Consumption[] = [];

await runService({
  name: "doctors",
  port: env.PORT,
  host: env.HOST,
  logger,
  metrics,
  readiness: { postgres: async () => void (await sql`select 1`) },
  async start() {
    consumers = startConsumers({ ...tools, ...limits, logger, concurrency: 5, observe, failpoint });
    await Promise.all(consumers.map((consumer) => consumer.registered));
  },
  drain: async () => void (await Promise.all(consumers.map((consumer) => consumer.stop()))),
  close: async () => void (await Promise.all([sql.end({ timeout: 2 }), waker.close()])),
  shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
});
