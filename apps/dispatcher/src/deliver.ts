import { payloadAad, type Vault } from "@carewire/bus";
import { type Clock, newId } from "@carewire/envelope";
import { VaultError } from "@carewire/service-kit";
import type { Admission, Slot } from "./admission/admission.ts";
import { attemptRecord } from "./attempt-record.ts";
import type { DispatcherMetrics } from "./dispatcher-metrics.ts";
import { type Decision, decide } from "./policy/decide.ts";
import { decideProbe } from "./policy/decide-probe.ts";
import { bodyOf, buildEvent, type OutgoingEvent } from "./send/build-body.ts";
import { headerLines, outgoingHeaders } from "./send/outgoing-headers.ts";
import type { PostRequest } from "./send/post.ts";
import { outcomeClass, type SendOutcome } from "./send/send-outcome.ts";
import type { Target, Targets } from "./send/targets.ts";
import type { Claim, ClaimedDelivery, ClaimedEvent } from "./store/claim.ts";
import type { AttemptRecord } from "./store/record.ts";
import type { ShelvedDelivery } from "./store/shelve.ts";

export interface DelivererDeps {
  vault: Vault;
  clock: Clock;
  random(): number;
  targets: Targets;
  admission: Admission;
  metrics: DispatcherMetrics;
  post(request: PostRequest): void;
  /** Takes the outcome off this module's hands; resolves when it is in the database. */
  record(record: AttemptRecord): Promise<void>;
  /** An outcome is in the database and its place free again. */
  onRecorded(): void;
  /** Told about every attempt as its outcome becomes known; null when nobody wants to know. */
  onAttempt: ((record: AttemptRecord, delivery: ClaimedDelivery) => void) | null;
  shelve(deliveries: ShelvedDelivery[]): Promise<void>;
  /** The endpoint asked for no more. */
  disable(subscriptionId: string, reason: string): void;
  /** The shard may have due work: now, or `delayMs` from now. */
  wakeShard(shard: number, delayMs: number): void;
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
  createdAtMs: number;
  traceparent: string | null;
}

interface Prepared {
  /** By subscription; one that is gone or cannot be read is missing. */
  found: Map<string, Target>;
  messages: Map<string, Message>;
}

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const { vault, clock, random, targets, admission, metrics } = deps;

  async function deliver(claim: Claim, slots: Slot[]): Promise<void> {
    const { found, messages } = await prepare(claim).catch((error: unknown) => {
      // The database vanished between the claim and now. The leases run out and the deliveries come back.
      for (const slot of slots) {
        admission.answered(slot, "not_sent");
        admission.recorded();
      }
      throw error;
    });
    const shelved: ShelvedDelivery[] = [];
    const backloggedShards = new Set<number>();
    claim.deliveries.forEach((delivery, i) => {
      const slot = slots[i] as Slot;
      const target = found.get(delivery.subscriptionId);
      if (target && (target.active || delivery.probe)) {
        send(delivery, slot, target, messages.get(delivery.eventId) ?? erasedMessage());
        return;
      }
      shelved.push({ id: delivery.id, leaseToken: delivery.leaseToken });
      if (admission.answered(slot, "not_sent")) backloggedShards.add(delivery.shard);
    });
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
      const { id, traceparent, occurredAtMs: createdAtMs } = event;
      messages.set(id, { content: await read(event), traceparent, createdAtMs });
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
    createdAtMs: clock.now(),
    traceparent: null,
  });

  function send(delivery: ClaimedDelivery, slot: Slot, target: Target, message: Message): void {
    const startedAtMs = clock.now();
    const { content, createdAtMs, traceparent } = message;
    if ("kind" in content) {
      conclude(delivery, slot, target, content, 0, startedAtMs, "", createdAtMs);
      return;
    }
    const timestampSeconds = Math.floor(startedAtMs / 1_000);
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
      onOverdue: () => admission.overdue(slot),
      onOutcome: (outcome, durationMs) => {
        deps.failpoint("dispatch.after_send");
        const requestHeaders = headerLines(own) + shown;
        conclude(delivery, slot, target, outcome, durationMs, startedAtMs, requestHeaders, createdAtMs);
      },
    });
  }

  function conclude(
    delivery: ClaimedDelivery,
    slot: Slot,
    target: Target,
    outcome: SendOutcome,
    durationMs: number,
    startedAtMs: number,
    requestHeaders: string,
    createdAtMs: number,
  ): void {
    const nowMs = clock.now();
    const decision = delivery.probe
      ? decideProbe(outcome, target.policy)
      : decide(outcome, delivery, target.policy, nowMs, random());
    const class_ = outcomeClass(outcome);
    metrics.countAttempt(class_);
    metrics.attemptSeconds.observe(durationMs / 1_000);
    if (decision.step === "delivered") metrics.deliveredSeconds.observe((nowMs - createdAtMs) / 1_000);
    if (admission.answered(slot, answerOf(delivery, outcome, decision))) deps.wakeShard(delivery.shard, 0);
    const record = attemptRecord({
      attemptId: newId(nowMs),
      delivery,
      target,
      outcome,
      outcomeClass: class_,
      decision,
      startedAtMs,
      durationMs,
      requestHeaders,
    });
    deps.onAttempt?.(record, delivery);
    void deps.record(record).then(() => {
      admission.recorded();
      deps.onRecorded();
      if (decision.step === "retry") deps.wakeShard(delivery.shard, decision.delayMs);
      if (disablesEndpoint(decision)) deps.disable(target.id, decision.reason);
    });
  }

  return { deliver };
}

const disablesEndpoint = (decision: Decision): boolean =>
  decision.step === "disable" || (decision.step === "delivered" && decision.disables);

/** How an outcome counts for the endpoint's in-flight limit. */
function answerOf(
  delivery: ClaimedDelivery,
  outcome: SendOutcome,
  decision: Decision,
): "succeeded" | "failed" | "timed_out" | "not_sent" {
  if (delivery.probe) return "not_sent";
  if (decision.step === "delivered") return "succeeded";
  if (outcome.kind === "timeout") return "timed_out";
  return outcome.kind === "payload_unreadable" || outcome.kind === "payload_erased" ? "not_sent" : "failed";
}
