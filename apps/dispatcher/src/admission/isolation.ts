import type { Clock } from "@carewire/envelope";
import { type BreakerEvent, type BreakerSettings, closedBreaker, nextBreaker } from "./breaker.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Answer } from "./slot.ts";

export interface IsolationDeps {
  /** Only goes forward. */
  clock: Clock;
  random(): number;
  breaker: BreakerSettings;
  /** The endpoint's shard may have work for it `delayMs` from now. */
  wake(shard: number, delayMs: number): void;
  /** A breaker opened, half opened or closed. */
  onBreaker(subscriptionId: string): void;
}

/** A breaker as it is kept in the database: moments as the time left, because clocks of processes differ. */
export interface KeptBreaker {
  state: "closed" | "open" | "half_open";
  opens: number;
  /** Until a probe may be sent; null when it is closed. */
  remainingMs: number | null;
  limit: number;
}

/** How long a delivery waits that was claimed while another one probes its endpoint. */
const besideProbeMs = 1_000;

/** Moves the circuit breakers of endpoints and says who must wait. */
export function createIsolation({ clock, random, breaker: settings, wake, onBreaker }: IsolationDeps) {
  const broken = new Set<Endpoint>();

  function move(endpoint: Endpoint, event: BreakerEvent): void {
    const before = endpoint.breaker;
    const nowMs = clock.now();
    const next = nextBreaker(before, event, nowMs, random(), settings);
    if (next === before) return;
    endpoint.breaker = next;
    if (next.state === "closed") {
      if (before.state === "closed") return;
      broken.delete(endpoint);
      // Slow start: from one at a time, as fast as its answers allow.
      endpoint.limit = 1;
      wake(endpoint.shard, 0);
    } else {
      broken.add(endpoint);
      if (next.state === "open") wake(endpoint.shard, next.untilMs - nowMs);
      else if (before.state === "half_open") return;
    }
    onBreaker(endpoint.id);
  }

  /** The first one claimed for a half open endpoint probes it: what is claimed before it is sent must not be another. */
  function chooseProbe(endpoint: Endpoint, slot: { probe: boolean }): void {
    const { breaker } = endpoint;
    if (slot.probe || breaker.state !== "half_open" || breaker.probing) return;
    move(endpoint, { kind: "probe_sent" });
    slot.probe = true;
  }

  return {
    /** An answer came. */
    learn: (endpoint: Endpoint, answer: Answer, probe: boolean, pauseMs: number | null): void =>
      move(endpoint, toEvent(answer, probe, pauseMs)),
    /** Half opens it when its time has come. */
    look: (endpoint: Endpoint): void => move(endpoint, { kind: "looked_at" }),
    chooseProbe,
    /** How long what was claimed for a broken endpoint must wait, null when it may go: the one that probes it. */
    heldBackMs(endpoint: Endpoint, slot: { probe: boolean }): number | null {
      if (endpoint.breaker.state === "open") move(endpoint, { kind: "looked_at" });
      const { breaker } = endpoint;
      if (breaker.state === "open") return breaker.untilMs - clock.now();
      chooseProbe(endpoint, slot);
      return slot.probe ? null : besideProbeMs;
    },
    /** What another process, or an earlier life of this one, found out. Own knowledge of a broken endpoint is newer. */
    adopt(endpoint: Endpoint, kept: KeptBreaker): void {
      if (endpoint.breaker.state !== "closed" || kept.state === "closed") return;
      const remainingMs = Math.min(Math.max(0, kept.remainingMs ?? 0), settings.pauseMsMax * 2);
      endpoint.breaker = { state: "open", opens: kept.opens, untilMs: clock.now() + remainingMs };
      endpoint.limit = 1;
      broken.add(endpoint);
      wake(endpoint.shard, remainingMs);
    },
    /** Somebody else closed it. */
    reset(endpoint: Endpoint): void {
      if (endpoint.breaker.state === "closed") return;
      endpoint.breaker = closedBreaker;
      endpoint.limit = 1;
      broken.delete(endpoint);
      wake(endpoint.shard, 0);
    },
    kept(endpoint: Endpoint): KeptBreaker {
      const { breaker, limit } = endpoint;
      if (breaker.state === "closed") return { state: "closed", opens: 0, remainingMs: null, limit };
      const remainingMs = Math.max(0, breaker.untilMs - clock.now());
      return { state: breaker.state, opens: breaker.opens, remainingMs, limit };
    },
    forget: (endpoint: Endpoint) => void broken.delete(endpoint),
    broken: (): ReadonlySet<Endpoint> => broken,
  };
}

function toEvent(answer: Answer, probe: boolean, pauseMs: number | null): BreakerEvent {
  switch (answer) {
    // Or messages that an endpoint never takes would keep all others from it, one long pause after the other.
    case "refused":
      return { kind: "succeeded", probe };
    case "timed_out":
      return { kind: "failed", probe };
    case "throttled":
      return { kind: "throttled", probe, pauseMs };
    default:
      return { kind: answer, probe };
  }
}
