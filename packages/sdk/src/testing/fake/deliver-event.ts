import { buildBody } from "../build-body.ts";
import type { TestEvent } from "../build-event.ts";
import { signWebhook } from "../sign-webhook.ts";
import type { TestWebhooksOptions } from "../test-webhooks.ts";
import { decideNext, type FakeOutcome, type NextStep, type RetryRules } from "./decide-next.ts";
import { type FakeEndpoint, sendTo } from "./send-to.ts";

/** One try of a delivery. */
export interface FakeAttempt {
  n: number;
  requestHeaders: Record<string, string>;
  requestBody: string;
  /** Null when there was no answer. */
  status: number | null;
  /** Its first 4 KiB. */
  responseBody: string | null;
  /** What the handler threw, or why the connection failed. */
  error: unknown;
  nextStep: "delivered" | "retry" | "failed";
  reason: string;
}

/** What became of one event. */
export interface FakeDelivery {
  /** The message id, the same on every attempt. */
  id: string;
  event: TestEvent;
  status: "delivered" | "failed";
  attempts: FakeAttempt[];
  /** The receiver asked for no more deliveries: 410, or `webhook-delivery: disable`. */
  disablesEndpoint: boolean;
}

/** What is sent where, and how often. */
export interface DelivererOptions extends Omit<TestWebhooksOptions, "now">, Partial<RetryRules> {
  endpoint: FakeEndpoint;
  secret: string | readonly string[];
  now: () => number;
  timeoutMs?: number;
}

/** The real schedule in miniature: as many retries, in about a second. */
const retryDelaysMsDefault = [5, 10, 20, 50, 100, 200, 400];

/** Makes what sends an event until it is delivered or given up on. */
export function createDeliverer(options: DelivererOptions): (event: TestEvent) => Promise<FakeDelivery> {
  const { scheme = "standard-webhooks", format = "envelope", secret, parties } = options;
  const { endpoint, timeoutMs = 15_000, now } = options;
  const rules: RetryRules = {
    successCodes: options.successCodes ?? "2xx",
    retryDelaysMs: options.retryDelaysMs ?? retryDelaysMsDefault,
    retryAfterMsMax: options.retryAfterMsMax ?? 50,
  };

  return async (event) => {
    const body = buildBody(event, format, parties);
    const attempts: FakeAttempt[] = [];
    for (let retries = 0; ; ) {
      const headers = signWebhook(body, { secret, scheme, id: event.id, signedAt: new Date(now()) });
      const outcome = await sendTo(endpoint, { headers, body }, timeoutMs);
      const next = decideNext(outcome, { attempt: attempts.length + 1, retries }, rules);
      attempts.push(attemptOf(attempts.length + 1, { headers, body }, outcome, next));
      if (next.step !== "retry") {
        const { step: status, disables: disablesEndpoint } = next;
        return { id: event.id, event, status, attempts, disablesEndpoint };
      }
      if (next.usesRetry) retries += 1;
      await new Promise((resolve) => setTimeout(resolve, next.waitMs));
    }
  };
}

function attemptOf(
  n: number,
  sent: { headers: Record<string, string>; body: string },
  outcome: FakeOutcome,
  next: NextStep,
): FakeAttempt {
  return {
    n,
    requestHeaders: sent.headers,
    requestBody: sent.body,
    status: outcome.kind === "answered" ? outcome.status : null,
    responseBody: outcome.kind === "answered" ? outcome.body : null,
    error: outcome.kind === "failed" ? outcome.error : null,
    nextStep: next.step,
    reason: next.reason,
  };
}
