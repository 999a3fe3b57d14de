import {
  type ConsumeOptions,
  type Consumption,
  createPublisher,
  createSuspectTurn,
  createWaker,
} from "@carewire/bus";
import { assertDurable, connect } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import type { z } from "zod";
import { consumerEnvShape, keyEncryptionKeysSchema, serviceEnvShape } from "../env/schemas.ts";
import { failpoint } from "../failpoints/failpoint.ts";
import { createLogger } from "../logging/create-logger.ts";
import { createMetrics, type Metrics } from "../metrics/create-metrics.ts";
import { type RunningService, runService } from "../service/run-service.ts";
import { createVault } from "../vault/create-vault.ts";
import { createConsumerMetrics } from "./consumer-metrics.ts";

/** The settings of a process that runs consumers. */
export const workerEnvShape = (defaultPort: number) => ({
  ...serviceEnvShape(defaultPort),
  ...consumerEnvShape,
  KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema,
});

type WorkerEnv = z.output<z.ZodObject<ReturnType<typeof workerEnvShape>>>;

/** What all consumers of one process share; each adds its name, topics, schemas and handler. */
export type SharedConsumeOptions = Omit<ConsumeOptions, "consumer" | "topics" | "schemas" | "handler">;

export interface WorkerOptions {
  name: string;
  env: WorkerEnv;
  /** Deliveries that one consumer handles at a time. */
  concurrency: number;
  /** How many consumers `startConsumers` starts: the pool is as large as they need. */
  consumersMax: number;
  startConsumers(shared: SharedConsumeOptions, metrics: Metrics): Consumption[];
}

/**
 * Runs a process of consumers until it is told to stop. Ready means registered: what is routed before a consumer is
 * known goes to nobody. Stopping lets every handler finish within the shutdown time.
 */
export async function runWorker(options: WorkerOptions): Promise<RunningService> {
  const { name, env, concurrency, consumersMax } = options;
  const logger = createLogger({ service: name, level: env.LOG_LEVEL });
  const metrics = createMetrics({ service: name });
  const pool = (max: number, applicationName: string) =>
    connect({ url: env.DATABASE_URL, max, applicationName });
  // Per consumer: one connection a handler, one to claim with; and one to listen on.
  const sql = pool(consumersMax * (concurrency + 1) + 1, name);
  const waker = createWaker({ notify: pool(1, `${name}-wake`) });
  const vault = createVault({ sql, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS });
  let consumers: Consumption[] = [];

  return runService({
    name,
    port: env.PORT,
    host: env.HOST,
    logger,
    metrics,
    readiness: { postgres: async () => void (await sql`select 1`) },
    async start() {
      const shared: SharedConsumeOptions = {
        sql,
        listen: sql,
        vault,
        publisher: createPublisher({ vault }),
        waker,
        clock: systemClock,
        random: Math.random,
        logger,
        concurrency,
        leaseSeconds: env.CONSUMER_LEASE_SECONDS,
        // A handler gives up well before its lease does.
        handlerTimeoutMs: env.CONSUMER_LEASE_SECONDS * 500,
        observe: createConsumerMetrics(metrics),
        suspectTurn: createSuspectTurn(),
        failpoint,
      };
      consumers = options.startConsumers(shared, metrics);
      await Promise.all(consumers.map((consumer) => consumer.registered));
      // Not before: they wait for a database that is away.
      await assertDurable(sql);
    },
    drain: async () => void (await Promise.all(consumers.map((consumer) => consumer.stop()))),
    close: async () => void (await Promise.all([sql.end({ timeout: 2 }), waker.close()])),
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  });
}
