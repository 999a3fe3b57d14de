import { Redis } from "ioredis";
import postgres from "postgres";
import { createPostgresStore } from "../postgres/postgres-store.ts";
import { createRedisStore } from "../redis/redis-store.ts";

// A receiver that claims an event and never gets further. Started by tests, which kill it.
const [url = "", id = "", leaseSeconds = "", table = ""] = process.argv.slice(2);
const times = { leaseSeconds: Number(leaseSeconds) };
const store = url.startsWith("redis")
  ? createRedisStore(new Redis(url), { ...times, keyPrefix: table })
  : createPostgresStore(postgres(url, { max: 1 }), { ...times, table });
process.stdout.write(`${await store.claim(id)}\n`);
setInterval(() => {}, 60_000);
