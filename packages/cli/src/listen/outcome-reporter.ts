import { CliError } from "../exit-codes.ts";
import type { ForwardOutcome } from "./forward.ts";

/** What became of a delivery after its outcome was reported. */
export interface Settled {
  delivery_id: string;
  in_force: boolean;
  /** False: the delivery was leased anew before its outcome came, and comes again. */
  recorded: boolean;
  status: "delivered" | "retrying" | "failed";
  reason: string;
  next_retry_at: string | null;
}

export interface OutcomeReporter {
  /** Reports an outcome, however long the API is away. */
  report(deliveryId: string, lease: string, outcome: ForwardOutcome): void;
  /** The delivery came again before its outcome counted: true when that is reported under the new lease now. */
  renew(deliveryId: string, lease: string): boolean;
  /** Resolves when nothing waits, after so long, or when `signal` aborts. */
  flush(timeoutMs: number, signal?: AbortSignal): Promise<void>;
  /** Gives up what waits, after the last flush: it comes again when its lease is over. */
  stop(): void;
}

export interface ReporterDeps {
  send(outcomes: object[]): Promise<{ data: Settled[] }>;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  onSettled(settled: Settled): void;
  /** The API refuses these for good. */
  onRefused(error: CliError): void;
}

interface Waiting {
  lease: string;
  outcome: ForwardOutcome;
}

const batchMax = 64;
/** As many as were at the receiver when a connection broke, several times. */
const supersededMax = 256;
const retryMs = 1_000;
/** Refused for what some outcomes say, or for how much all of them are together. */
const refusalsOfContent = new Set<unknown>([400, 413, 422]);

const wire = (deliveryId: string, { lease, outcome }: Waiting): object => ({
  delivery_id: deliveryId,
  lease,
  duration_ms: Math.max(0, Math.round(outcome.durationMs)),
  ...("answer" in outcome
    ? {
        answer: {
          status: outcome.answer.status,
          headers: outcome.answer.headers,
          body: outcome.answer.body.toString("base64"),
          truncated: outcome.answer.truncated,
        },
      }
    : { fault: outcome.fault }),
});

/**
 * Reports outcomes in batches, those that come while one is on its way with the next. A batch that is refused goes again
 * in smaller ones, until the outcome that is to blame stands alone.
 */
export function createOutcomeReporter({ send, sleep, onSettled, onRefused }: ReporterDeps): OutcomeReporter {
  const waiting = new Map<string, Waiting>();
  /** Reported when the delivery had just been leased anew. It comes again, and is not forwarded again. */
  const superseded = new Map<string, Waiting>();
  let running: Promise<void> | null = null;
  let stopped = false;
  let batchSize = batchMax;

  async function run(): Promise<void> {
    while (waiting.size > 0 && !stopped) {
      const batch = [...waiting].slice(0, batchSize);
      try {
        const { data } = await send(batch.map(([id, one]) => wire(id, one)));
        const unknown = new Set(data.flatMap((one) => (one.recorded ? [] : [one.delivery_id])));
        for (const [id, one] of batch) if (unknown.has(id) && waiting.get(id) === one) keep(id, one);
        for (const settled of data) onSettled(settled);
        batchSize = Math.min(batchMax, batchSize * 2);
      } catch (error) {
        if (!isFinal(error)) {
          await sleep(retryMs);
          continue;
        }
        if (batch.length > 1 && refusalsOfContent.has(error.details.status)) {
          batchSize = Math.ceil(batch.length / 2);
          continue;
        }
        onRefused(error);
      }
      for (const [id, one] of batch) if (waiting.get(id) === one) waiting.delete(id);
    }
    running = null;
  }

  function keep(deliveryId: string, one: Waiting): void {
    superseded.set(deliveryId, one);
    const [oldest] = superseded.keys();
    if (superseded.size > supersededMax && oldest !== undefined) superseded.delete(oldest);
  }

  function report(deliveryId: string, lease: string, outcome: ForwardOutcome): void {
    waiting.set(deliveryId, { lease, outcome });
    running ??= run();
  }

  return {
    report,
    renew(deliveryId, lease) {
      const known = waiting.get(deliveryId) ?? superseded.get(deliveryId);
      superseded.delete(deliveryId);
      if (known) report(deliveryId, lease, known.outcome);
      return known !== undefined;
    },
    async flush(timeoutMs, signal) {
      if (running === null) return;
      const done = new AbortController();
      const end = signal === undefined ? done.signal : AbortSignal.any([done.signal, signal]);
      await Promise.race([running, sleep(timeoutMs, end)]);
      // A timer that is left would keep the program alive.
      done.abort();
    },
    stop() {
      stopped = true;
    },
  };
}

/** Refused for what it says, and not for the moment: again would be refused again. */
function isFinal(error: unknown): error is CliError {
  if (!(error instanceof CliError)) return false;
  const { status } = error.details;
  return typeof status === "number" && status < 500 && status !== 429 && status !== 408;
}
