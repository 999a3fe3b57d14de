/** The servers the benchmarks run against. Each row makes a database of its own on the first. */
export interface BenchEnv {
  databaseUrl: string;
  redisUrl: string;
}

/** Reads `DATABASE_URL` and `REDIS_URL`. Throws with what to do when one is missing. */
export function readBenchEnv(): BenchEnv {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
  if (!databaseUrl || !redisUrl) {
    throw new Error(
      "DATABASE_URL and REDIS_URL must be set. Run `npm run bench` from the top folder: it starts both.",
    );
  }
  return { databaseUrl, redisUrl };
}
