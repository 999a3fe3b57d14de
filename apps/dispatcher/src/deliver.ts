import { setImmediate } from "node:timers/promises";
import { payloadAad, type Vault } from "@carewire/bus";
import {
  bodyOf,
  buildEvent,
  headerLines,
  type OutgoingEvent,
  outgoingHeaders,
  type SendOutcome,
} from "@carewire/delivery";
import { VaultError } from "@carewire/service-kit";
import type { Slot } from "./admission/admission.ts";
import type { Gate, WaitingDelivery } from "./admission/gate.ts";
import { type ConcluderDeps, createConcluder, type Sending } from "./conclude.ts";
import type { PostRequest } from "./send/post.ts";
import type { Target, Targets } from "./send/targets.ts";
import type { Claim, ClaimedDelivery, ClaimedEvent } from "./store/claim.ts";
import type { ShelvedDelivery } from "./store/shelve.ts";

export interface DelivererDeps extends ConcluderDeps {
  vault: Vault;
  targets: Targets;
  gate: Gate;
  post(request: PostRequest): void;
  shelve(deliveries: ShelvedDelivery[]): Promise<void>;
  /** An event's payload could not be decrypted; its deliveries are tried again. */
  onUnreadable(eventId: string, error: unknown): void;
  failpoint(name: string): void;
}

export interface Deliverer {
  /** Sends every delivery of a claim. Resolves when all are on their way, not when they are answered. */
  deliver(claim: Claim, slots: Slot[]): Promise<void>;
}

type Unsendable = Extract<SendOutcome, { kind: "payload_erased" | "payload_unreadable" }>;

interface Message {
  content: OutgoingEvent | Unsendable;
  eventType: string | null;
  externalId: string | null;
  traceparent: string | null;
}

interface Prepared {
  /** By subscription; one that is gone or cannot be read is missing. */
  found: Map<string, Target>;
  messages: Map<string, Message>;
}

/** More at once are slower each: what one touches is not in the cache any more when its answer comes. */
const sentAtOnce = 16;

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const { vault, clock, targets, gate, admission } = deps;
  const conclude = createConcluder(deps);

  async function deliver(claim: Claim, slots: Slot[]): Promise<void> {
    const backloggedShards = new Set<number>();
    const { found, messages } = await prepare(claim).catch((error: unknown) => {
      // The database vanished between the claim and now. The leases run out and the deliveries come back.
      for (const slot of slots) {
        if (admission.answered(slot, "not_sent")) backloggedShards.add(slot.shard);
        admission.recorded();
      }
      // Whoever passed these endpoints by meanwhile counted on their answers.
      for (const shard of backloggedShards) deps.wakeShard(shard, 0);
      throw error;
    });
    const shelved: ShelvedDelivery[] = [];
    const waiting: WaitingDelivery[] = [];
    for (const [i, delivery] of claim.deliveries.entries()) {
      // Answers, and the statements that bring what comes next, need not wait until all of a claim is signed and sent.
      if (i % sentAtOnce === sentAtOnce - 1) await setImmediate();
      const slot = slots[i] as Slot;
      const target = found.get(delivery.subscriptionId);
      if (target && (target.active || delivery.probe)) {
        const message = messages.get(delivery.eventId) ?? erasedMessage();
        const wait = delivery.probe ? null : gate.waitOf(slot, target.ratePerSecond);
        if (wait === null) send(delivery, slot, target, message);
        else waiting.push({ delivery, slot, wait, send: () => send(delivery, slot, target, message) });
        continue;
      }
      shelved.push({ id: delivery.id, leaseToken: delivery.leaseToken });
      if (admission.answered(slot, "not_sent")) backloggedShards.add(delivery.shard);
    }
    // Not waited for: claims for everybody else go on meanwhile.
    if (waiting.length > 0) void gate.settle(waiting);
    if (shelved.length === 0) return;
    await deps.shelve(shelved).finally(() => {
      for (const _ of shelved) admission.recorded();
    });
    for (const shard of backloggedShards) deps.wakeShard(shard, 0);
  }

  /** Finds out where to send, and decrypts each event once. */
  async function prepare(claim: Claim): Promise<Prepared> {
    const found = await findTargets(claim);
    const messages = new Map<string, Message>();
    for (const event of claim.events.values()) {
      const { id, traceparent, externalId, type: eventType } = event;
      messages.set(id, { content: await read(event), traceparent, eventType, externalId });
    }
    return { found, messages };
  }

  /** Loads the subscriptions that are new or changed. Held on to: what is fresh now may be too old a moment later. */
  async function findTargets(claim: Claim): Promise<Map<string, Target>> {
    const found = new Map<string, Target>();
    const missing = new Map<string, number>();
    for (const { subscriptionId, subscriptionVersion: version } of claim.deliveries) {
      if (version === null || found.has(subscriptionId)) continue;
      const target = targets.get(subscriptionId, version);
      if (target) found.set(subscriptionId, target);
      else missing.set(subscriptionId, version);
    }
    if (missing.size > 0) await targets.load([...missing.keys()]);
    for (const [subscriptionId, version] of missing) {
      const target = targets.get(subscriptionId, version);
      if (target) found.set(subscriptionId, target);
    }
    return found;
  }

  /** One organization's lost key must not stop the others' deliveries; a lost database stops all of them. */
  async function read(event: ClaimedEvent): Promise<OutgoingEvent | Unsendable> {
    if (!event.sealedBody) return { kind: "payload_erased" };
    try {
      const dataKey = await vault.dataKey(event.organizationId);
      return buildEvent({ ...event, data: dataKey.open(payloadAad(event.id), event.sealedBody) });
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      deps.onUnreadable(event.id, error);
      return { kind: "payload_unreadable" };
    }
  }

  /** The event itself is gone, by retention or erasure. */
  const erasedMessage = (): Message => ({
    content: { kind: "payload_erased" },
    eventType: null,
    externalId: null,
    traceparent: null,
  });

  /** Whatever goes wrong here must stay with this delivery: its neighbours are not sent yet. */
  function send(delivery: ClaimedDelivery, slot: Slot, target: Target, message: Message): void {
    const { content, eventType, externalId, traceparent } = message;
    const startedAtMs = clock.now();
    const sending = { delivery, slot, target, startedAtMs, eventType, externalId, traceparent };
    if ("kind" in content) {
      conclude(sending, content, 0, "", null);
      return;
    }
    try {
      postMessage(sending, content);
    } catch (error) {
      deps.onError("send", error);
      conclude(sending, { kind: "internal_error" }, 0, "", null);
    }
  }

  function postMessage(sending: Sending, content: OutgoingEvent): void {
    const { slot, target, traceparent } = sending;
    const timestampSeconds = Math.floor(sending.startedAtMs / 1_000);
    const { messageId } = content;
    const body = bodyOf(content, target.format, target.tail);
    const own = outgoingHeaders(target.signer, { messageId, timestampSeconds, body, traceparent });
    const { sent, shown } = target.headers;
    deps.failpoint("dispatch.after_claim");
    deps.post({
      origin: target.origin,
      path: target.path,
      headers: sent.length === 0 ? own : [...own, ...sent],
      body,
      oauth: target.oauth,
      identity: target.identity,
      onOverdue: () => admission.overdue(slot),
      onOutcome: (outcome, durationMs, note) => {
        deps.failpoint("dispatch.after_send");
        conclude(sending, outcome, durationMs, headerLines(own) + shown, note);
      },
    });
  }

  return { deliver };
}
