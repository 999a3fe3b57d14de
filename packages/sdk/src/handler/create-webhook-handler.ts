import { type Adapters, createAdapters } from "../adapters/create-adapters.ts";
import type {
  EventOf,
  EventPattern,
  PayloadFormat,
  Payloads,
  WebhookEvent,
} from "../events/webhook-event.ts";
import { createReceiver } from "./create-receiver.ts";
import type { WebhookHandlerOptions } from "./handler-options.ts";
import { createListeners, type Listener } from "./listeners.ts";
import { verifySetUp } from "./verify-set-up.ts";
import type { WebhookJob } from "./webhook-job.ts";

/** Receives webhooks: verified, parsed, typed, once per event. */
export interface WebhookHandler<All> extends Adapters {
  /**
   * Adds a listener for a type (`appointment.created`), for all types under a name (`order.*`) or for all (`*`). All that
   * match are called, one after the other, in the order in which they were added. When one throws, the rest is not called
   * and the sender tries the event again later.
   */
  on<Pattern extends EventPattern<All>>(
    pattern: Pattern,
    listener: Listener<EventOf<All, Pattern>>,
  ): WebhookHandler<All>;
  /**
   * Decides about events that no listener matches, such as types that are newer than your code. Required (unless there is
   * a listener for `*`): a handler without it refuses to be mounted, because such events would be acknowledged and lost
   * without anybody having wanted that. To ignore them, pass a function that does nothing.
   */
  onUnknown(listener: Listener<WebhookEvent>): WebhookHandler<All>;
  /**
   * Calls the listeners with an event that `ack-first` gave to your queue, once per id. Rejects when a listener throws or
   * another worker has the event, so that the queue tries again.
   */
  process(job: WebhookJob): Promise<"processed" | "duplicate">;
}

/**
 * Makes a handler of webhooks. Throws when it is set up in a way that can never work (no secret, a secret that is none).
 * Types of your own: `createWebhookHandler<{ "medical-encounters.created": Encounter }>(…)`.
 */
export function createWebhookHandler<
  Own extends object = Record<never, never>,
  Format extends PayloadFormat = PayloadFormat,
>(options: WebhookHandlerOptions<Format>): WebhookHandler<Payloads<Own, Format>> {
  verifySetUp(options);
  const listeners = createListeners();
  const { receive, process } = createReceiver(options, listeners);

  function assertReady(method: string): void {
    if (listeners.isComplete()) return;
    const why = "it decides about events that no listener matches";
    throw new TypeError(`Call handler.onUnknown((event) => { … }) before handler.${method}(): ${why}`);
  }

  const handler: WebhookHandler<Payloads<Own, Format>> = {
    on(pattern, listener) {
      listeners.add(pattern, listener);
      return handler;
    },
    onUnknown(listener) {
      listeners.addUnknown(listener);
      return handler;
    },
    async process(job) {
      assertReady("process");
      return process(job);
    },
    ...createAdapters({ receive, assertReady }),
  };
  return handler;
}
