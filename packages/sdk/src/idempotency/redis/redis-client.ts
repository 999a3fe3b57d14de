/** What is needed of an `ioredis` client, a `Cluster` included. */
export interface IoredisClient {
  /** What tells this client from the other. */
  defineCommand(...definition: never[]): unknown;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** What is needed of a client, a client pool or a cluster of `redis` ("node-redis"), version 4 or newer. */
export interface NodeRedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** Runs a script over one key. */
export type RunScript = (script: string, key: string, ...given: string[]) => Promise<unknown>;

/** Speaks to either client. */
export function scriptRunner(client: IoredisClient | NodeRedisClient): RunScript {
  if ("defineCommand" in client) return (script, key, ...given) => client.eval(script, 1, key, ...given);
  return (script, key, ...given) => client.eval(script, { keys: [key], arguments: given });
}
