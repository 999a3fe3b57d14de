import { Pool } from "undici";

/** Connections to subscriptions-api. */
export interface ApiPools {
  calls: Pool;
  /** Answers that last for hours have connections of their own, so that they cannot use up those of the calls. */
  streams: Pool;
  close(): Promise<void>;
}

const connectTimeoutMs = 3_000;
/** Longer than the API gives itself for any answer, a ping's included. */
const headersTimeoutMs = 28_000;
/** Between two pieces of an answer: streams say every ten seconds that they live. */
const bodyTimeoutMs = 30_000;
const callsMax = 128;

/** Streams open at once in this process. */
export const streamsMax = 512;

/** Opens connections to the API as they are needed. */
export function createApiPools(apiUrl: string): ApiPools {
  const pool = (connections: number) =>
    new Pool(apiUrl, {
      connections,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: headersTimeoutMs,
      bodyTimeout: bodyTimeoutMs,
    });
  const [calls, streams] = [pool(callsMax), pool(streamsMax)];
  return {
    calls,
    streams,
    async close() {
      await Promise.all([calls.destroy(), streams.destroy()]);
    },
  };
}
