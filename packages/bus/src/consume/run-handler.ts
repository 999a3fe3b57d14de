import type { Sql } from "@carewire/db";
import { type Clock, newId } from "@carewire/envelope";
import type { TransactionSql } from "postgres";
import type { EventDraft } from "../event-draft.ts";
import type { Publisher } from "../publish.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";
import type { ConsumedEnvelope, ConsumerHandler, HandlerContext } from "./consume-options.ts";
import type { ConsumerFailure } from "./decide-consumer-outcome.ts";
import { finishDelivered, lockLease } from "./finish-delivery.ts";
import { guardTransaction } from "./guard-transaction.ts";
import { HandlerRefusal } from "./handler-refusal.ts";
import { isConnectionLoss } from "./is-connection-loss.ts";
import { scrubError } from "./scrub-error.ts";

/** How a handler's transaction ended. `fenced_off`: the lease was somebody else's by then, nothing was done. */
export type HandlerResult =
  | { kind: "delivered"; published: boolean }
  | { kind: "fenced_off" }
  | ConsumerFailure;

export interface RunHandlerOptions<Payload> {
  sql: Sql;
  publisher: Publisher;
  clock: Clock;
  handler: ConsumerHandler<Payload>;
  handlerTimeoutMs: number;
  failpoint(name: string): void;
}

/** What was read of a delivery: the envelope, and the bytes its payload was parsed from. */
export interface ReceivedEnvelope<Payload> {
  envelope: ConsumedEnvelope<Payload>;
  payloadBytes: Buffer;
}

/** Beyond the handler's time, so that our own timer speaks first and the database's only backs it up. */
const idleMarginMs = 5_000;

/**
 * Runs the handler on one delivery: its effect, what it publishes and the outcome commit in one transaction, or
 * nothing does. Never throws.
 */
export async function runHandler<Payload>(
  options: RunHandlerOptions<Payload>,
  delivery: ClaimedDelivery,
  received: ReceivedEnvelope<Payload>,
): Promise<HandlerResult> {
  const { sql, handlerTimeoutMs, failpoint } = options;
  const deadline = new AbortController();
  try {
    const result = await sql.begin((tx) => handleInTransaction(options, tx, delivery, received, deadline));
    if (result.kind === "delivered") failpoint("consume.after_commit");
    return result;
  } catch (error) {
    if (error instanceof HandlerRefusal) {
      return { kind: "refused", cause: error.refusal, error: error.message };
    }
    if (deadline.signal.aborted || isTimeLimit(error)) {
      return { kind: "handler_timed_out", timeoutMs: handlerTimeoutMs };
    }
    const text = scrubError(error, received.envelope.payload);
    return { kind: isConnectionLoss(error) ? "connection_lost" : "handler_threw", error: text };
  }
}

async function handleInTransaction<Payload>(
  options: RunHandlerOptions<Payload>,
  tx: TransactionSql,
  delivery: ClaimedDelivery,
  { envelope, payloadBytes }: ReceivedEnvelope<Payload>,
  deadline: AbortController,
): Promise<{ kind: "delivered"; published: boolean } | { kind: "fenced_off" }> {
  const { clock, handler, handlerTimeoutMs, failpoint } = options;
  const startedAtMs = clock.now();
  const limits = { statementTimeoutMs: handlerTimeoutMs, idleTimeoutMs: handlerTimeoutMs + idleMarginMs };
  if (!(await lockLease(tx, delivery, limits))) return { kind: "fenced_off" };
  const guard = guardTransaction(tx);
  let published = false;
  const context = createContext(delivery, payloadBytes, deadline.signal, async (drafts) => {
    await options.publisher.publish(guard.tx, drafts);
    published ||= drafts.length > 0;
  });
  try {
    await withinTime(handlerTimeoutMs, deadline, async () => handler(guard.tx, envelope, context));
  } finally {
    guard.close();
  }
  const durationMs = Math.round(clock.now() - startedAtMs);
  await finishDelivered(tx, delivery, {
    id: newId(clock.now()),
    startedAt: new Date(startedAtMs),
    durationMs,
  });
  failpoint("consume.before_commit");
  return { kind: "delivered", published };
}

function createContext(
  { id: deliveryId, organizationId, accountId, eventId, attempt, traceparent }: ClaimedDelivery,
  payloadBytes: Buffer,
  signal: AbortSignal,
  publish: (drafts: EventDraft[]) => Promise<void>,
): HandlerContext {
  return {
    organizationId,
    eventId,
    deliveryId,
    attempt,
    payloadBytes,
    signal,
    async publish(drafts) {
      if (drafts.some((draft) => draft.organizationId !== organizationId)) {
        throw new Error("a handler may publish events of its own delivery's organization only");
      }
      await publish(drafts.map((draft) => ({ traceparent, accountId, ...draft, causedBy: eventId })));
    },
  };
}

/** The database's own limits, set by `lockLease`: statement (57014) and idle transaction (25P03). */
function isTimeLimit(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "57014" || error.code === "25P03");
}

/** Runs `work` for at most `timeoutMs`, then aborts `deadline` and rejects with its reason. */
async function withinTime(
  timeoutMs: number,
  deadline: AbortController,
  work: () => Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      deadline.abort();
      reject(deadline.signal.reason);
    }, timeoutMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
