import { Redis } from "ioredis";

const answerMsMax = 2_000;

/**
 * Refuses a Redis that drops keys when its memory is full: queues in it would break without a word. Call it once at
 * start. Throws with what to change; a Redis that does not answer is let through, since the service runs without one.
 */
export async function assertNoEviction(redisUrl: string): Promise<void> {
  const policy = await readPolicy(redisUrl);
  if (policy === null || policy === "noeviction") return;
  throw new Error(
    `this Redis runs with maxmemory-policy = ${policy}, so it may drop queued work when its memory is full; ` +
      "run: redis-cli config set maxmemory-policy noeviction, and put the same into redis.conf",
  );
}

/** INFO and not CONFIG GET: managed servers forbid the latter. null: no answer. */
async function readPolicy(redisUrl: string): Promise<string | null> {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: answerMsMax,
    commandTimeout: answerMsMax,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  }).on("error", () => {});
  try {
    await redis.connect();
    const memory = await redis.info("memory");
    return /^maxmemory_policy:([a-z-]+)/m.exec(memory)?.[1] ?? null;
  } catch {
    return null;
  } finally {
    redis.disconnect();
  }
}
