import { nextLimit, startLimit } from "./in-flight-limit.ts";

export interface AdmissionOptions {
  /** Requests in flight at most that are not (yet) slow. */
  fastMax: number;
  /** Requests of slow endpoints in flight at most. */
  slowMax: number;
  /** Claimed and not yet recorded deliveries at most. */
  unrecordedMax: number;
  /** Endpoints remembered at most. */
  endpointsMax: number;
}

interface Endpoint {
  limit: number;
  inFlight: number;
  /** Its last answers timed out, or one is overdue right now. */
  slow: boolean;
  /** The last claim returned as many rows as were offered, so more are probably waiting. */
  backlogged: boolean;
  shard: number;
}

/** One delivery's place in flight. */
export interface Slot {
  endpoint: string;
  shard: number;
  /** Counts against the slow quota instead of the fast slots. */
  slow: boolean;
  /** Its own answer is overdue. */
  overdue: boolean;
  /** A retry or a replay. */
  later: boolean;
}

/** What a claim may take: see `ClaimRequest`. */
export interface Offer {
  deliveriesMax: number;
  /** Of them, retries and replays at most. */
  laterMax: number;
  slots: Map<string, number>;
  slotsDefault: number;
}

export interface Admission {
  /** What the next claim may take; null while there is no room worth a round trip. */
  offer(): Offer | null;
  /** Takes a slot for every claimed delivery and learns from what came back which endpoints have more waiting. */
  claimed(offer: Offer, deliveries: { subscriptionId: string; shard: number; lane: number }[]): Slot[];
  /** A request has been unanswered for long: it no longer counts against the fast slots. */
  overdue(slot: Slot): void;
  /** An answer came (or not). Returns true when the endpoint's shard should be looked at again. */
  answered(slot: Slot, result: "succeeded" | "failed" | "timed_out" | "not_sent"): boolean;
  /** The endpoint may have more in flight right now. */
  hasRoom(endpoint: string): boolean;
  /** The outcome is in the database. */
  recorded(): void;
  /** For metrics and stats. */
  counts(): { fast: number; slow: number; unrecorded: number; endpoints: number };
  limitOf(endpoint: string): number;
}

const claimMax = 250;
const quantumMax = 256;
/** Retries and replays may hold so much of the fast slots; the rest is there when a new event comes. */
const laterShare = 0.75;
/** Claiming for fewer free slots than this costs more than it brings. */
const roomMin = 32;

/**
 * Decides how much each endpoint may have in flight. An endpoint's limit adapts to how it answers; slow endpoints
 * share a quota of their own, so that however many hang, the fast slots stay with those that answer. What is
 * claimed and not yet recorded is bounded too: that is what a crash can send twice.
 */
export function createAdmission(options: AdmissionOptions): Admission {
  const { fastMax, slowMax, unrecordedMax, endpointsMax } = options;
  const endpoints = new Map<string, Endpoint>();
  // Only these differ from the default offer, so a claim names them and not every endpoint there is.
  const noted = new Set<string>();
  let fast = 0;
  let slow = 0;
  /** Of the fast ones. */
  let later = 0;
  let unrecorded = 0;
  let quantum = startLimit;

  function note(id: string, endpoint: Endpoint): void {
    if (endpoint.inFlight > 0 || endpoint.backlogged || endpoint.slow) noted.add(id);
    else noted.delete(id);
  }

  function remember(id: string, shard: number): Endpoint {
    let endpoint = endpoints.get(id);
    if (endpoint) return endpoint;
    if (endpoints.size >= endpointsMax) forgetOne();
    endpoint = { limit: startLimit, inFlight: 0, slow: false, backlogged: false, shard };
    endpoints.set(id, endpoint);
    return endpoint;
  }

  /** Oldest first; an endpoint in use is moved to the end instead. */
  function forgetOne(): void {
    for (const [id, endpoint] of endpoints) {
      endpoints.delete(id);
      if (endpoint.inFlight === 0) {
        noted.delete(id);
        return;
      }
      endpoints.set(id, endpoint);
    }
  }

  function offer(): Offer | null {
    const room = Math.min(fastMax - fast, unrecordedMax - unrecorded, claimMax);
    if (room < roomMin) return null;
    const slots = new Map<string, number>();
    let slowRoom = Math.max(0, slowMax - slow);
    for (const id of noted) {
      const endpoint = endpoints.get(id) as Endpoint;
      let free = Math.max(0, Math.min(endpoint.limit - endpoint.inFlight, quantum));
      if (endpoint.slow) {
        free = Math.min(free, slowRoom);
        slowRoom -= free;
      }
      // Offered none, so the claim does not look at it, and an answer that comes meanwhile must ask for another.
      if (free === 0) endpoint.backlogged = true;
      slots.set(id, free);
    }
    const laterMax = Math.max(0, Math.min(room, Math.floor(fastMax * laterShare) - later));
    return { deliveriesMax: room, laterMax, slots, slotsDefault: Math.min(startLimit, quantum) };
  }

  function claimed(
    offered: Offer,
    deliveries: { subscriptionId: string; shard: number; lane: number }[],
  ): Slot[] {
    const taken = new Map<string, number>();
    const slots = deliveries.map(({ subscriptionId: id, shard, lane }): Slot => {
      const endpoint = remember(id, shard);
      endpoint.inFlight++;
      if (endpoint.slow) slow++;
      else {
        fast++;
        if (lane > 0) later++;
      }
      taken.set(id, (taken.get(id) ?? 0) + 1);
      return { endpoint: id, shard, slow: endpoint.slow, overdue: false, later: lane > 0 };
    });
    unrecorded += deliveries.length;
    const full = deliveries.length >= offered.deliveriesMax;
    quantum = full ? Math.max(1, quantum >> 1) : Math.min(quantumMax, quantum * 2);
    // Compared with what was offered, not with what is free by now: a slot freed meanwhile was not looked at.
    for (const [id, rows] of taken) {
      const endpoint = endpoints.get(id) as Endpoint;
      endpoint.backlogged = rows >= (offered.slots.get(id) ?? offered.slotsDefault);
      note(id, endpoint);
    }
    if (!full) {
      for (const [id, free] of offered.slots) {
        const endpoint = endpoints.get(id);
        if (!endpoint || free === 0 || taken.has(id)) continue;
        endpoint.backlogged = false;
        note(id, endpoint);
      }
    }
    return slots;
  }

  function leave(slot: Slot): void {
    if (slot.slow) slow--;
    else {
      fast--;
      if (slot.later) later--;
    }
  }

  return {
    offer,
    claimed,
    overdue(slot) {
      if (slot.overdue) return;
      leave(slot);
      slot.overdue = true;
      slot.slow = true;
      slow++;
      const endpoint = endpoints.get(slot.endpoint) as Endpoint;
      endpoint.slow = true;
      note(slot.endpoint, endpoint);
    },
    answered(slot, result) {
      leave(slot);
      const endpoint = endpoints.get(slot.endpoint) as Endpoint;
      const inUse = endpoint.inFlight >= endpoint.limit || endpoint.backlogged;
      endpoint.inFlight--;
      if (result !== "not_sent") endpoint.limit = nextLimit(endpoint.limit, result === "succeeded", inUse);
      if (result === "timed_out") endpoint.slow = true;
      else if (result !== "not_sent" && !slot.overdue) endpoint.slow = false;
      note(slot.endpoint, endpoint);
      return endpoint.backlogged;
    },
    hasRoom(id) {
      const endpoint = endpoints.get(id);
      if (!endpoint) return true;
      return endpoint.inFlight < endpoint.limit && !(endpoint.slow && slow >= slowMax);
    },
    recorded() {
      unrecorded--;
    },
    counts: () => ({ fast, slow, unrecorded, endpoints: endpoints.size }),
    limitOf: (id) => endpoints.get(id)?.limit ?? startLimit,
  };
}
