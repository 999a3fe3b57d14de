import {
  bodyOf,
  headerLines,
  type OutgoingEvent,
  outgoingHeaders,
  type SendOutcome,
} from "@carewire/delivery";
import type { Slot } from "./admission/admission.ts";
import { type ConcluderDeps, createConcluder, type Sending } from "./conclude.ts";
import type { PostRequest } from "./send/post.ts";
import type { Target } from "./send/targets.ts";
import type { ClaimedDelivery } from "./store/claim.ts";

export interface BatchSenderDeps extends ConcluderDeps {
  post(request: PostRequest): void;
  failpoint(name: string): void;
}

export type Unsendable = Extract<SendOutcome, { kind: "payload_erased" | "payload_unreadable" }>;

/** What is sent, the same for all deliveries of an event. */
export interface Message {
  content: OutgoingEvent | Unsendable;
  eventType: string | null;
  externalId: string | null;
  traceparent: string | null;
}

/** A delivery that waits for nothing any more. */
export interface ReadyDelivery {
  delivery: ClaimedDelivery;
  slot: Slot;
  target: Target;
  message: Message;
}

interface Composed {
  sending: Sending;
  messageId: string;
  body: Buffer;
}

interface Signed extends Composed {
  headers: string[];
}

/**
 * Sends some deliveries, step by step: every body, then every signature, then every request. The code and the keys of a
 * step stay in the processor's cache that way (docs/performance.md).
 */
export function createBatchSender(deps: BatchSenderDeps): (ready: readonly ReadyDelivery[]) => void {
  const { clock, admission } = deps;
  const conclude = createConcluder(deps);

  /** Whatever goes wrong with one delivery must stay with it: its neighbours are not sent yet. */
  function each<T extends { sending: Sending }, R>(items: readonly T[], step: (item: T) => R): R[] {
    const done: R[] = [];
    for (const item of items) {
      try {
        done.push(step(item));
      } catch (error) {
        deps.onError("send", error);
        conclude(item.sending, { kind: "internal_error" }, 0, "", null);
      }
    }
    return done;
  }

  function compose({ sending, content }: { sending: Sending; content: OutgoingEvent }): Composed {
    const { format, tail } = sending.target;
    return { sending, messageId: content.messageId, body: bodyOf(content, format, tail) };
  }

  function sign({ sending, messageId, body }: Composed): Signed {
    const { target, startedAtMs, traceparent } = sending;
    const timestampSeconds = Math.floor(startedAtMs / 1_000);
    const headers = outgoingHeaders(target.signer, { messageId, timestampSeconds, body, traceparent });
    return { sending, messageId, body, headers };
  }

  function post({ sending, body, headers }: Signed): void {
    const { slot, target } = sending;
    const { sent, shown } = target.headers;
    deps.failpoint("dispatch.after_claim");
    deps.post({
      origin: target.origin,
      path: target.path,
      headers: sent.length === 0 ? headers : [...headers, ...sent],
      body,
      oauth: target.oauth,
      identity: target.identity,
      onOverdue: () => admission.overdue(slot),
      onOutcome: (outcome, durationMs, note) => {
        deps.failpoint("dispatch.after_send");
        conclude(sending, outcome, durationMs, headerLines(headers) + shown, note);
      },
    });
  }

  return (ready) => {
    const startedAtMs = clock.now();
    const sendable: { sending: Sending; content: OutgoingEvent }[] = [];
    for (const { delivery, slot, target, message } of ready) {
      const { content, eventType, externalId, traceparent } = message;
      const sending = { delivery, slot, target, startedAtMs, eventType, externalId, traceparent };
      if ("kind" in content) conclude(sending, content, 0, "", null);
      else sendable.push({ sending, content });
    }
    each(each(each(sendable, compose), sign), post);
  };
}
