import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

export interface ShardHints {
  /** Redis is reachable right now and has answered. When it is not, the caller uses NOTIFY instead. */
  available(): boolean;
  /** Hands one disposable hint per shard to whichever dispatcher is free. Never throws. */
  hint(shards: number[]): void;
  close(): Promise<void>;
}

// The braces put every key of the queue into one slot of a Redis Cluster.
const prefix = "{carewire}";
const queueName = "shards";

const answerTimeoutMs = 2_000;

/**
 * "This shard has work", as BullMQ jobs: deduplicated by shard until one is taken, and worth nothing more than the
 * latency they save. What is due is decided by Postgres alone.
 */
export function createShardHints(deps: {
  redisUrl: string;
  onHint(shard: number): void;
  onError(error: unknown): void;
  /** For Redis to answer; default 2 s. */
  commandTimeoutMs?: number;
}): ShardHints {
  const { commandTimeoutMs = answerTimeoutMs } = deps;
  const connect = (blocking: boolean) =>
    new Redis(deps.redisUrl, {
      maxRetriesPerRequest: null,
      enableOfflineQueue: blocking,
      connectTimeout: commandTimeoutMs,
      // Not for the blocking one: it waits for jobs as long as there are none.
      ...(blocking ? {} : { commandTimeout: commandTimeoutMs }),
      retryStrategy: (attempt) => Math.min(100 * attempt, 1_000),
    }).on("error", deps.onError);
  const producer = connect(false);
  const consumer = connect(true);
  const queue = new Queue(queueName, {
    connection: producer,
    prefix,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  const worker = new Worker(
    queueName,
    async (job) => {
      // Before anybody looks: what becomes due after the look is a hint of its own, not a repetition of this one.
      await job.removeDeduplicationKey();
      deps.onHint(Number(job.data.shard));
    },
    { connection: consumer, prefix, concurrency: 16, lockDuration: 10_000 },
  );
  queue.on("error", deps.onError);
  worker.on("error", deps.onError);

  const wanted = new Set<number>();
  let sending = false;

  /** One command at a time: while Redis does not answer, what is wanted is a set of shards and no more. */
  async function send(): Promise<void> {
    sending = true;
    while (wanted.size > 0) {
      const shards = [...wanted];
      wanted.clear();
      const jobs = shards.map((shard) => ({
        name: "shard",
        data: { shard },
        opts: { deduplication: { id: `shard-${shard}` } },
      }));
      await queue.addBulk(jobs).catch(deps.onError);
    }
    sending = false;
  }

  return {
    available: () => producer.status === "ready" && !sending,
    hint(shards) {
      for (const shard of shards) wanted.add(shard);
      if (!sending) void send();
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
