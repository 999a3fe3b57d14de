import { setImmediate } from "node:timers/promises";
import { payloadAad, type Vault } from "@carewire/bus";
import { buildEvent } from "@carewire/delivery";
import { VaultError } from "@carewire/service-kit";
import type { Slot } from "./admission/admission.ts";
import type { Gate, WaitingDelivery } from "./admission/gate.ts";
import type { Target, Targets } from "./send/targets.ts";
import { type BatchSenderDeps, createBatchSender, type Message, type ReadyDelivery } from "./send-batch.ts";
import type { Claim, ClaimedEvent } from "./store/claim.ts";
import type { ShelvedDelivery } from "./store/shelve.ts";

export interface DelivererDeps extends BatchSenderDeps {
  vault: Vault;
  targets: Targets;
  gate: Gate;
  shelve(deliveries: ShelvedDelivery[]): Promise<void>;
  /** An event's payload could not be decrypted; its deliveries are tried again. */
  onUnreadable(eventId: string, error: unknown): void;
}

export interface Deliverer {
  /** Sends every delivery of a claim. Resolves when all are on their way, not when they are answered. */
  deliver(claim: Claim, slots: Slot[]): Promise<void>;
}

interface Prepared {
  /** By subscription; one that is gone or cannot be read is missing. */
  found: Map<string, Target>;
  messages: Map<string, Message>;
}

/**
 * Answers, and the statements that bring what comes next, need not wait until all of a claim is signed and sent. More at
 * once are slower each: what one touches is not in the cache any more when its answer comes.
 */
const sentAtOnce = 32;

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const { vault, targets, gate, admission } = deps;
  const send = createBatchSender(deps);

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
    const waiting: (ReadyDelivery & WaitingDelivery)[] = [];
    let ready: ReadyDelivery[] = [];
    for (const [i, delivery] of claim.deliveries.entries()) {
      if (i % sentAtOnce === 0 && i > 0) {
        send(ready);
        ready = [];
        await setImmediate();
      }
      const slot = slots[i] as Slot;
      const target = found.get(delivery.subscriptionId);
      if (target && (target.active || delivery.probe)) {
        const message = messages.get(delivery.eventId) ?? erasedMessage();
        const wait = delivery.probe ? null : gate.waitOf(slot, target.ratePerSecond);
        if (wait === null) ready.push({ delivery, slot, target, message });
        else waiting.push({ delivery, slot, target, message, wait });
        continue;
      }
      shelved.push({ id: delivery.id, leaseToken: delivery.leaseToken });
      if (admission.answered(slot, "not_sent")) backloggedShards.add(delivery.shard);
    }
    send(ready);
    // Not waited for: claims for everybody else go on meanwhile.
    if (waiting.length > 0) void gate.settle(waiting, sendGranted);
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
    if (missing.size === 0) return found;
    const loaded = await targets.load([...missing.keys()]);
    for (const [subscriptionId, version] of missing) {
      const target = loaded.get(subscriptionId);
      if (target && target.version >= version) found.set(subscriptionId, target);
    }
    return found;
  }

  /** One organization's lost key must not stop the others' deliveries; a lost database stops all of them. */
  async function read(event: ClaimedEvent): Promise<Message["content"]> {
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

  async function sendGranted(granted: readonly ReadyDelivery[]): Promise<void> {
    for (let start = 0; start < granted.length; start += sentAtOnce) {
      if (start > 0) await setImmediate();
      send(granted.slice(start, start + sentAtOnce));
    }
  }

  return { deliver };
}
