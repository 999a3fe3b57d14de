import type { EventPayloads } from "../../events/event-payloads.generated.ts";
import { buildBody } from "../build-body.ts";
import { buildEvent, type OverridesOf, type TestEvent } from "../build-event.ts";
import { signWebhook } from "../sign-webhook.ts";
import { createTestWebhooks, newTestSecret, type TestWebhooksOptions } from "../test-webhooks.ts";
import { decideNext, type RetryRules } from "./decide-next.ts";
import { listen } from "./listen.ts";
import { type FakeEndpoint, sendTo } from "./send-to.ts";
import { createDetailsHost, type DetailsHost } from "./serve-details.ts";

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

/** How a fake Carewire delivers. */
export interface FakeCarewireOptions extends Omit<TestWebhooksOptions, "now">, Partial<RetryRules> {
  /** The receiver under test: a fetch-style handler, or the address of a server. */
  endpoint: FakeEndpoint;
  /** Time for each attempt, in milliseconds; default 15,000 as in production. */
  timeoutMs?: number;
  /** The time in milliseconds, for timestamps. Default: `Date.now`. */
  now?: () => number;
}

type AnyType = keyof EventPayloads | (string & {});

/** Delivers events to a receiver under test as Carewire does, and serves what they name. */
export interface FakeCarewire extends DetailsHost {
  /** What the receiver verifies with. */
  secrets: string[];
  /** What reads details, as `credentials` of `createDetailsFetcher` or `apiKey` of `createClient`. */
  apiKey: string;
  /** Goes with {@link FakeCarewire.fetch}: no server listens there. */
  baseUrl: string;
  /** Answers requests for details without a network. */
  fetch: typeof fetch;
  /** Delivers an event, with retries, and resolves when it is delivered or given up on. */
  deliver<Type extends AnyType>(type: Type, overrides?: OverridesOf<Type>): Promise<FakeDelivery>;
  /** Delivers an event again: the same id and body. At the same time as the first, if you do not wait for that. */
  redeliver(event: TestEvent): Promise<FakeDelivery>;
  /** Everything delivered so far, in the order in which it ended. */
  deliveries(): readonly FakeDelivery[];
  /** Serves details over HTTP as well, for receivers in other processes. */
  listen(): Promise<{ url: string; close(): Promise<void> }>;
}

/** The real schedule in miniature: as many retries, in about a second. */
const retryDelaysMsDefault = [5, 10, 20, 50, 100, 200, 400];
const retryAfterMsMaxDefault = 50;
const deliveriesMax = 10_000;

/** Makes a {@link FakeCarewire}. Throws when a secret is none that the scheme can sign with. */
export function createFakeCarewire(options: FakeCarewireOptions): FakeCarewire {
  const { scheme = "standard-webhooks", format = "envelope", secret = newTestSecret(), parties } = options;
  const { endpoint, timeoutMs = 15_000, now = Date.now } = options;
  const rules: RetryRules = {
    successCodes: options.successCodes ?? "2xx",
    retryDelaysMs: options.retryDelaysMs ?? retryDelaysMsDefault,
    retryAfterMsMax: options.retryAfterMsMax ?? retryAfterMsMaxDefault,
  };
  const { secrets } = createTestWebhooks({ ...options, secret });
  const apiKey = "cw_test_fake";
  const host = createDetailsHost(apiKey);
  const ended: FakeDelivery[] = [];

  async function attempt(event: TestEvent, body: string, position: { attempt: number; retries: number }) {
    const headers = signWebhook(body, { secret, scheme, id: event.id, signedAt: new Date(now()) });
    const outcome = await sendTo(endpoint, { headers, body }, timeoutMs);
    const next = decideNext(outcome, position, rules);
    const made: FakeAttempt = {
      n: position.attempt,
      requestHeaders: headers,
      requestBody: body,
      status: outcome.kind === "answered" ? outcome.status : null,
      responseBody: outcome.kind === "answered" ? outcome.body : null,
      error: outcome.kind === "failed" ? outcome.error : null,
      nextStep: next.step,
      reason: next.reason,
    };
    return { next, made };
  }

  async function redeliver(event: TestEvent): Promise<FakeDelivery> {
    const body = buildBody(event, format, parties);
    const attempts: FakeAttempt[] = [];
    for (let retries = 0; ; ) {
      const { next, made } = await attempt(event, body, { attempt: attempts.length + 1, retries });
      attempts.push(made);
      if (next.step !== "retry") {
        const { step: status, disables: disablesEndpoint } = next;
        const delivery = { id: event.id, event, status, attempts, disablesEndpoint };
        ended.push(delivery);
        if (ended.length > deliveriesMax) ended.shift();
        return delivery;
      }
      if (next.usesRetry) retries += 1;
      await new Promise((resolve) => setTimeout(resolve, next.waitMs));
    }
  }

  return {
    ...host,
    secrets,
    apiKey,
    baseUrl: "http://carewire.fake",
    fetch: async (input, init) => {
      init?.signal?.throwIfAborted();
      return host.answer(new Request(input, init));
    },
    deliver: (type, overrides) => redeliver(buildEvent(type, overrides, now())),
    redeliver,
    deliveries: () => ended,
    listen: () => listen(host.answer),
  };
}
