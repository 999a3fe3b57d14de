import { type buildConnector, Pool } from "undici";

export interface Pools {
  /** The keep-alive pool of an origin; created on first use. */
  of(origin: string): Pool;
  /** Closes pools that had nothing to do for a while. */
  sweep(): void;
  close(): Promise<void>;
  size(): number;
}

export interface PoolsOptions {
  /** Opens sockets; the egress guard's connector, so that every address is checked where it is used. */
  connector: buildConnector.connector;
  /** Sockets per origin at most. */
  connectionsMax: number;
  /** Origins kept open at most. */
  originsMax: number;
}

interface Entry {
  pool: Pool;
  usedInSweep: number;
}

const sweepsIdleMax = 2;

export function createPools({ connector, connectionsMax, originsMax }: PoolsOptions): Pools {
  const entries = new Map<string, Entry>();
  let sweepNumber = 0;

  function close(origin: string, entry: Entry): void {
    entries.delete(origin);
    void entry.pool.close().catch(() => {});
  }

  return {
    of(origin) {
      const known = entries.get(origin);
      if (known) {
        known.usedInSweep = sweepNumber;
        return known.pool;
      }
      if (entries.size >= originsMax) {
        const [oldest] = entries;
        if (oldest) close(...oldest);
      }
      const pool = new Pool(origin, {
        connect: connector,
        connections: connectionsMax,
        pipelining: 1,
        keepAliveTimeout: 20_000,
        keepAliveMaxTimeout: 60_000,
        // Deadlines cover connect, headers and body together.
        headersTimeout: 0,
        bodyTimeout: 0,
        maxHeaderSize: 16_384,
      });
      entries.set(origin, { pool, usedInSweep: sweepNumber });
      return pool;
    },
    sweep() {
      sweepNumber++;
      for (const [origin, entry] of entries) {
        if (sweepNumber - entry.usedInSweep > sweepsIdleMax) close(origin, entry);
      }
    },
    async close() {
      await Promise.all([...entries.values()].map(({ pool }) => pool.destroy()));
      entries.clear();
    },
    size: () => entries.size,
  };
}
