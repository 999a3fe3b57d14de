import type { Sql } from "@carewire/db";
import type { Clock, Envelope } from "@carewire/envelope";
import type { TransactionSql } from "postgres";
import type { z } from "zod";
import type { EventDraft } from "../event-draft.ts";
import type { Publisher } from "../publish.ts";
import type { Vault } from "../vault.ts";
import type { Waker } from "../waker.ts";
import type { ConsumerBackoff } from "./decide-consumer-outcome.ts";
import type { SuspectTurn } from "./suspect-turn.ts";

/** An envelope whose payload passed its topic's schema. */
export type ConsumedEnvelope<Payload> = Omit<Envelope, "payload"> & { payload: Payload };

/** What a handler knows about its delivery, and how it publishes. */
export interface HandlerContext {
  /** The tenant the event belongs to; every row the handler touches must be theirs. */
  organizationId: string;
  eventId: string;
  deliveryId: string;
  /** 1 for the first try. */
  attempt: number;
  /** The payload's bytes as they were published: what is passed on must be these, never the parsed view. */
  payloadBytes: Buffer;
  /** Aborted when the handler's time is up; its transaction is rolled back whatever it does then. */
  signal: AbortSignal;
  /**
   * Publishes events caused by this one, in the same transaction. They belong to its account unless they name one (null:
   * none). Throws on another organization's draft.
   */
  publish(drafts: EventDraft[]): Promise<void>;
}

export type ConsumerHandler<Payload> = (
  tx: TransactionSql,
  envelope: ConsumedEnvelope<Payload>,
  context: HandlerContext,
) => Promise<void>;

/** Where a consumer's few log lines go: ids and words of ours only. */
export interface ConsumerLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How one attempt of a delivery ended, for metrics. */
export interface SettledAttempt {
  consumer: string;
  topic: string;
  /**
   * `fenced_off`: another process had taken the lease over. `unrecorded`: the database was away until the lease ran
   * out, or refused the outcome; the delivery comes back by itself.
   */
  outcome: "delivered" | "retry" | "dead_letter" | "fenced_off" | "unrecorded";
  durationMs: number;
}

export interface ConsumeOptions<Payload extends Record<string, unknown> = Record<string, unknown>> {
  /** Runs claims and handlers; wants `concurrency + 1` connections. */
  sql: Sql;
  /** Holds the LISTEN connection; may be the same pool, since postgres.js opens one of its own for it. */
  listen: Sql;
  vault: Vault;
  publisher: Publisher;
  waker: Waker;
  clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  logger: ConsumerLogger;
  /** The consumer's unique name, `<service>.<what>`; processes with the same name share the work. */
  consumer: string;
  /** The topics it handles; those it registered before and no longer lists are removed. */
  topics: string[];
  /** Payload schema by topic; default: the catalog. A topic without one takes any JSON object. */
  schemas?: ReadonlyMap<string, z.ZodType<Payload>>;
  handler: ConsumerHandler<Payload>;
  /** Deliveries handled at the same time; default 8. */
  concurrency?: number;
  /** Tries before a failing delivery becomes a dead letter, counting the first; default 5. */
  attemptsMax?: number;
  /**
   * How often a delivery whose lease ran out is handled again, as the only one of its kind, before it is taken to be what
   * ends the process and becomes a dead letter; default 3.
   */
  suspectRunsMax?: number;
  /** Shared by all consumers of a process; default: this consumer's own. */
  suspectTurn?: SuspectTurn;
  /** How long a claimed delivery is left to its process; default 60. */
  leaseSeconds?: number;
  /** How long a handler may take; must be shorter than the lease; default 30,000. */
  handlerTimeoutMs?: number;
  /** How long `stop` waits for handlers; default 8,000. */
  drainTimeoutMs?: number;
  backoff?: ConsumerBackoff;
  /** How long to sleep between looks when no wake-up comes, ± 50 %; default 1,000. */
  pollMs?: number;
  /** Called after every attempt. */
  observe?: (attempt: SettledAttempt) => void;
  /** Called at `consume.after_claim`, `consume.before_commit` and `consume.after_commit`; tests crash there. */
  failpoint?: (name: string) => void;
}

export interface Consumption {
  /** Resolves once the consumer is registered. Never rejects: it keeps trying until `stop`. */
  registered: Promise<void>;
  /** Deliveries being handled now. */
  inFlight(): number;
  /**
   * Takes no more work and resolves when what was begun is finished, or after `drainTimeoutMs`: what is unfinished
   * then rolls back with its connection and is taken over when its lease runs out.
   */
  stop(): Promise<void>;
}
