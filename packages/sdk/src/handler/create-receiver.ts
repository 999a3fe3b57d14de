import { createDetailsFetcher } from "../details/fetch-details.ts";
import type { PayloadFormat } from "../events/webhook-event.ts";
import { type Answer, answerOf } from "./answer.ts";
import type { WebhookHandlerOptions } from "./handler-options.ts";
import type { IncomingWebhook } from "./incoming-webhook.ts";
import type { Listeners } from "./listeners.ts";
import { guardObserver, logOutcome } from "./log-outcome.ts";
import { makeEvent } from "./make-event.ts";
import { type OpenedRequest, openRequest } from "./open-request.ts";
import type { WebhookOutcome } from "./outcome.ts";
import { processEvent } from "./process-event.ts";
import { WebhookError } from "./webhook-error.ts";
import type { WebhookJob } from "./webhook-job.ts";
import { withinDeadline } from "./within-deadline.ts";

/** What a handler does with requests and with jobs of its queue. */
export interface Receiver {
  receive(request: IncomingWebhook): Promise<Answer>;
  process(job: WebhookJob): Promise<"processed" | "duplicate">;
}

const deadlineMsDefault = 10_000;

/** Puts a handler's options and listeners to work. */
export function createReceiver(
  options: WebhookHandlerOptions<PayloadFormat>,
  listeners: Listeners,
): Receiver {
  const { idempotency, deadlineMs = deadlineMsDefault } = options;
  const fetcher = options.client ?? (options.details && createDetailsFetcher(options.details));
  const report = guardObserver(options.onOutcome ?? logOutcome);

  async function processNow(opened: OpenedRequest): Promise<WebhookOutcome> {
    const stop = new AbortController();
    const event = makeEvent(opened, fetcher, stop.signal);
    const work = processEvent(event, listeners, idempotency, report);
    const ended = await withinDeadline(work, deadlineMs);
    if (!ended.late) return ended.result;
    stop.abort(new WebhookError(`The deadline of ${deadlineMs} ms is over`, { code: "deadline_exceeded" }));
    void work.then(report);
    return { kind: "late", id: event.id, type: event.type };
  }

  return {
    async receive(request) {
      const opened = await openRequest(request, options, deadlineMs);
      const accept = options.mode === "ack-first" ? acknowledge(options.enqueue, deadlineMs) : processNow;
      const outcome = opened.kind === "opened" ? await accept(opened) : opened;
      report(outcome);
      return answerOf(outcome);
    },

    async process(job) {
      const createdAt = job.createdAt === null ? null : new Date(job.createdAt);
      const event = makeEvent({ ...job, createdAt }, fetcher, new AbortController().signal);
      const outcome = await processEvent(event, listeners, idempotency, report);
      report(outcome);
      return settle(outcome);
    },
  };
}

function acknowledge(enqueue: (job: WebhookJob) => unknown, deadlineMs: number) {
  return async (opened: OpenedRequest): Promise<WebhookOutcome> => {
    const { id, type } = opened;
    const failed = (error: unknown): WebhookOutcome => ({
      kind: "unavailable",
      what: "enqueue",
      error,
      id,
      type,
    });
    try {
      const { late } = await withinDeadline(Promise.resolve(enqueue(jobOf(opened))), deadlineMs);
      return late
        ? failed(new Error(`enqueue took longer than ${deadlineMs} ms`))
        : { kind: "queued", id, type };
    } catch (error) {
      return failed(error);
    }
  };
}

function jobOf({ id, type, createdAt, data, format }: OpenedRequest): WebhookJob {
  return { id, type, createdAt: createdAt?.toISOString() ?? null, data, format };
}

/** A queue is told by a rejection. */
function settle(outcome: WebhookOutcome): "processed" | "duplicate" {
  if (outcome.kind === "processed" || outcome.kind === "duplicate") return outcome.kind;
  if (outcome.kind === "failed" || outcome.kind === "unavailable") throw outcome.error;
  throw new WebhookError("Another worker has this event", { code: "busy", retryAfterSeconds: 10 });
}
