import { matchesPattern } from "../events/matches-pattern.ts";
import type { WebhookEvent } from "../events/webhook-event.ts";

/** What is called with an event; a promise is waited for. */
export type Listener<Event> = (event: Event) => unknown;

/** The listeners of one handler. */
export interface Listeners {
  /** Whoever adds a listener vouches that it takes the events its pattern stands for. */
  add(pattern: string, listener: Listener<never>): void;
  addUnknown(listener: Listener<WebhookEvent>): void;
  /** Whether every event has somebody to go to. */
  isComplete(): boolean;
  /** Calls those that match, in the order they were added, each after the one before; if none does, the unknown one. */
  call(event: WebhookEvent): Promise<void>;
}

const patternForm = /^(?:\*|[^\s.*]+(?:\.[^\s.*]+)*(?:\.\*)?)$/;

/** Makes an empty list of listeners. */
export function createListeners(): Listeners {
  const known: { pattern: string; listener: Listener<WebhookEvent> }[] = [];
  let unknown: Listener<WebhookEvent> | null = null;

  return {
    add(pattern, listener) {
      if (typeof pattern !== "string" || !patternForm.test(pattern)) {
        throw new TypeError("handler.on() takes an event type, a pattern like order.*, or *, and a function");
      }
      known.push({ pattern, listener: mustBeFunction(listener) as Listener<WebhookEvent> });
    },
    addUnknown(listener) {
      if (unknown) throw new TypeError("handler.onUnknown() was called twice; one listener decides");
      unknown = mustBeFunction(listener);
    },
    isComplete: () => unknown !== null || known.some(({ pattern }) => pattern === "*"),
    async call(event) {
      const matching = known.filter(({ pattern }) => matchesPattern(pattern, event.type));
      for (const { listener } of matching) await listener(event);
      if (matching.length === 0) await unknown?.(event);
    },
  };
}

function mustBeFunction<Given>(listener: Given): Given {
  if (typeof listener === "function") return listener;
  throw new TypeError("A listener must be a function: handler.on(type, (event) => { … })");
}
