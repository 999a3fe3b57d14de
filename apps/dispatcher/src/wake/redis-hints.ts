import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

export interface ShardHints {
  /** Redis is reachable right now. When it is not, the caller uses NOTIFY instead. */
  available(): boolean;
  /** Hands one disposable hint per shard to whichever dispatcher is free. Never throws. */
  hint(shards: number[]): void;
  close(): Promise<void>;
}

// The braces put every key of the queue into one slot of a Redis Cluster.
const prefix = "{carewire}";
const queueName = "shards";

/**
 * "This shard has work", as BullMQ jobs: deduplicated by shard, gone once taken, and worth nothing more than the
 * latency they save. What is due is decided by Postgres alone.
 */
export function createShardHints(deps: {
  redisUrl: string;
  onHint(shard: number): void;
  onError(error: unknown): void;
}): ShardHints {
  const connect = (blocking: boolean) =>
    new Redis(deps.redisUrl, {
      maxRetriesPerRequest: null,
      enableOfflineQueue: blocking,
      connectTimeout: 2_000,
      retryStrategy: (attempt) => Math.min(100 * attempt, 1_000),
    }).on("error", deps.onError);
  const producer = connect(false);
  const consumer = connect(true);
  const queue = new Queue(queueName, {
    connection: producer,
    prefix,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  const worker = new Worker(queueName, async (job) => deps.onHint(Number(job.data.shard)), {
    connection: consumer,
    prefix,
    concurrency: 16,
    lockDuration: 10_000,
  });
  queue.on("error", deps.onError);
  worker.on("error", deps.onError);

  return {
    available: () => producer.status === "ready",
    hint(shards) {
      const jobs = shards.map((shard) => ({
        name: "shard",
        data: { shard },
        opts: { jobId: `shard-${shard}` },
      }));
      void queue.addBulk(jobs).catch(deps.onError);
    },
    async close() {
      await Promise.race([
        Promise.allSettled([worker.close(true), queue.close()]),
        new Promise((resolve) => setTimeout(resolve, 1_000)),
      ]);
      producer.disconnect();
      consumer.disconnect();
    },
  };
}
