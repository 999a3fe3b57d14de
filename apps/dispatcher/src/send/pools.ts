import type { ClientCertificate } from "@carewire/service-kit";
import { type buildConnector, Pool } from "undici";
import type { ClientIdentity } from "./client-identity.ts";

export interface Pools {
  /** The keep-alive pool of an origin, and of nobody else with this identity; created on first use. */
  of(origin: string, identity: ClientIdentity | null): Pool;
  /** Closes pools that had nothing to do for a while. */
  sweep(): void;
  close(): Promise<void>;
  size(): number;
}

export interface PoolsOptions {
  /** Opens sockets; the egress guard's connector, so that every address is checked where it is used. */
  connector: buildConnector.connector;
  /** The same with a client certificate: one of its own for every identity, which also keeps TLS sessions apart. */
  connectorWith(certificate: ClientCertificate): buildConnector.connector;
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

export function createPools(options: PoolsOptions): Pools {
  const { connector, connectorWith, connectionsMax, originsMax } = options;
  const entries = new Map<string, Entry>();
  let sweepNumber = 0;

  function close(key: string, entry: Entry): void {
    entries.delete(key);
    void entry.pool.close().catch(() => {});
  }

  return {
    of(origin, identity) {
      // No origin has a space.
      const key = identity === null ? origin : `${origin} ${identity.id}`;
      const known = entries.get(key);
      if (known) {
        known.usedInSweep = sweepNumber;
        return known.pool;
      }
      if (entries.size >= originsMax) {
        const [oldest] = entries;
        if (oldest) close(...oldest);
      }
      const pool = new Pool(origin, {
        connect: identity === null ? connector : connectorWith(identity),
        connections: connectionsMax,
        pipelining: 1,
        // The connector offers none. A pool that does not know waits for its first connection before it opens others.
        allowH2: false,
        keepAliveTimeout: 20_000,
        keepAliveMaxTimeout: 60_000,
        // Deadlines cover connect, headers and body together.
        headersTimeout: 0,
        bodyTimeout: 0,
        maxHeaderSize: 16_384,
      });
      entries.set(key, { pool, usedInSweep: sweepNumber });
      return pool;
    },
    sweep() {
      sweepNumber++;
      for (const [key, entry] of entries) {
        if (sweepNumber - entry.usedInSweep > sweepsIdleMax) close(key, entry);
      }
    },
    async close() {
      await Promise.all([...entries.values()].map(({ pool }) => pool.destroy()));
      entries.clear();
    },
    size: () => entries.size,
  };
}
