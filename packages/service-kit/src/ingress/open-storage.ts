import { type Acceptor, createAcceptor, createWaker } from "@carewire/bus";
import { connect, type Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { createVault, type ServiceVault } from "../vault/create-vault.ts";
import type { IngressEnv } from "./ingress-env.ts";
import { createKeepMalformed, type KeepMalformed } from "./keep-malformed.ts";
import { type ProviderSources, prepareStorage } from "./prepare-storage.ts";
import type { ReceiverDeps } from "./receive.ts";
import { type RetryMalformedDeps, retryMalformed } from "./retry-malformed.ts";
import { createSources, type Sources } from "./sources.ts";

/** Everything of an ingress that touches PostgreSQL. */
export interface IngressStorage {
  sql: Sql;
  vault: ServiceVault;
  acceptor: Acceptor;
  sources: Sources;
  isKnown: ReceiverDeps["isKnown"];
  keepMalformed: KeepMalformed;
  /** See {@link retryMalformed}. */
  retryMalformed(retried: RetriedProviders): Promise<boolean>;
  /** See {@link prepareStorage}. */
  prepare(providers: readonly ProviderSources[]): Promise<boolean>;
  /** Stops preparing, and resolves when what was accepted is committed. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** What a retry needs to know besides the storage. */
export type RetriedProviders = Omit<RetryMalformedDeps, "sql" | "vault" | "acceptor">;

/** Three for commits, and two for looking up what requests name, and for everything else. */
const connectionsMax = 5;

export interface OpenStorageOptions {
  env: IngressEnv;
  /** Shown in pg_stat_activity. */
  service: string;
  clock: Clock;
  /** See {@link createAcceptor}. */
  commitTimeoutMs?: number | undefined;
}

/** Opens an ingress app's own connections: a pool nobody else can exhaust, and one for wake-ups. */
export function openStorage({ env, service, clock, commitTimeoutMs }: OpenStorageOptions): IngressStorage {
  const url = env.DATABASE_URL;
  const sql = connect({ url, max: connectionsMax, applicationName: service });
  const waker = createWaker({ notify: connect({ url, max: 1, applicationName: `${service}-wake` }) });
  const vault = createVault({ sql, keyEncryptionKeys: env.KEY_ENCRYPTION_KEYS });
  const acceptor = createAcceptor({ sql, vault, waker, commitTimeoutMs });
  const sources = createSources({ sql, clock, organizationId: env.CAREWIRE_ORGANIZATION_ID });
  const stopping = new AbortController();
  return {
    sql,
    vault,
    acceptor,
    sources,
    isKnown: async (provider, request) =>
      (await provider.isKnown?.(request, { sql, organizationId: env.CAREWIRE_ORGANIZATION_ID })) ?? true,
    keepMalformed: createKeepMalformed({ sql, vault, clock }),
    retryMalformed: (retried) => retryMalformed({ ...retried, sql, vault, acceptor }),
    prepare: (providers) => prepareStorage({ sql, sources, providers, signal: stopping.signal }),
    drain() {
      stopping.abort();
      return acceptor.drain();
    },
    async close() {
      await Promise.all([sql.end({ timeout: 2 }), waker.close()]);
    },
  };
}
