import { CliError } from "../exit-codes.ts";
import type { ForwardOutcome } from "./forward.ts";

/** What became of a delivery after its outcome was reported. */
export interface Settled {
  delivery_id: string;
  in_force: boolean;
  status: "delivered" | "retrying" | "failed";
  reason: string;
  next_retry_at: string | null;
}

export interface OutcomeReporter {
  /** Reports an outcome, however long the API is away. */
  report(deliveryId: string, lease: string, outcome: ForwardOutcome): void;
  /** The delivery came again before its outcome could be reported: true when that counts under the new lease. */
  renew(deliveryId: string, lease: string): boolean;
  /** Resolves when nothing waits, or after so long. */
  flush(timeoutMs: number): Promise<void>;
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
const retryMs = 1_000;

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

/** Reports outcomes in batches, those that come while one is on its way with the next. */
export function createOutcomeReporter({ send, sleep, onSettled, onRefused }: ReporterDeps): OutcomeReporter {
  const waiting = new Map<string, Waiting>();
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, batchMax);
      try {
        const { data } = await send(batch.map(([id, one]) => wire(id, one)));
        for (const settled of data) onSettled(settled);
      } catch (error) {
        if (!isFinal(error)) {
          await sleep(retryMs);
          continue;
        }
        onRefused(error);
      }
      for (const [id, one] of batch) if (waiting.get(id) === one) waiting.delete(id);
    }
    running = null;
  }

  return {
    report(deliveryId, lease, outcome) {
      waiting.set(deliveryId, { lease, outcome });
      running ??= run();
    },
    renew(deliveryId, lease) {
      const known = waiting.get(deliveryId);
      if (known) waiting.set(deliveryId, { ...known, lease });
      return known !== undefined;
    },
    async flush(timeoutMs) {
      if (running === null) return;
      const done = new AbortController();
      await Promise.race([running, sleep(timeoutMs, done.signal)]);
      // A timer that is left would keep the program alive.
      done.abort();
    },
  };
}

/** Refused for what it says, and not for the moment: again would be refused again. */
function isFinal(error: unknown): error is CliError {
  if (!(error instanceof CliError)) return false;
  const { status } = error.details;
  return typeof status === "number" && status < 500 && status !== 429 && status !== 408;
}
