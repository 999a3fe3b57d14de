import { closedBreaker } from "./breaker.ts";
import { type Endpoint, freeSlots, isPaused, isRestricted, newEndpoint, type Quota } from "./endpoint.ts";
import { nextLimit, startLimit } from "./in-flight-limit.ts";
import { createIsolation, type IsolationDeps, type KeptBreaker } from "./isolation.ts";
import type { AdmissionCounts, Answer, ClaimedPlace, Offer, RoutedOffer, Slot } from "./slot.ts";

export type { Answer, Offer, RoutedOffer, Slot } from "./slot.ts";

export interface AdmissionOptions extends IsolationDeps {
  /** Requests in flight at most that are not (yet) slow. */
  fastMax: number;
  /** Requests of slow endpoints in flight at most. */
  slowMax: number;
  /** Claimed and not yet recorded deliveries at most. */
  unrecordedMax: number;
  /** Bytes of the bodies in flight that are not (yet) slow, about. */
  bodyBytesMax: number;
  /** Endpoints remembered at most. */
  endpointsMax: number;
}

export interface Admission {
  /**
   * What a claim may take that looks at the shards for which `visits` is true; null while there is no room worth a round
   * trip.
   */
  offer(visits: (shard: number) => boolean): Offer | null;
  /** Takes a slot for every claimed delivery and learns from what came back which endpoints have more waiting. */
  claimed(offer: Offer, deliveries: readonly ClaimedPlace[]): Slot[];
  /** There is room worth leasing for as events are routed. */
  isRoomy(): boolean;
  /**
   * What may be leased as it is routed, null while it is not roomy: nothing of endpoints for which others wait, or that
   * are slow or broken. Claims see to those. One with a rate limit is offered what its limit leaves.
   */
  offerRouted(): RoutedOffer | null;
  /** Takes a slot for every delivery that was leased as it was routed. */
  leased(offer: RoutedOffer, deliveries: readonly ClaimedPlace[]): Slot[];
  /** Nothing came of an offer. */
  withdraw(offer: RoutedOffer): void;
  /** More was routed to the endpoint. True: its next answer, or the end of its pause, asks for it. False: look now. */
  asksLater(endpoint: string): boolean;
  /** How long this claimed delivery must wait because its endpoint is broken or has enough, milliseconds; null: send it. */
  heldBackMs(slot: Slot): number | null;
  /** A request has been unanswered for long: it no longer counts against the fast slots. */
  overdue(slot: Slot): void;
  /**
   * An answer came (or not). Returns true when the endpoint's shard should be looked at again. `pauseMs`: for so long
   * the endpoint wants nothing.
   */
  answered(slot: Slot, answer: Answer, pauseMs?: number | null): boolean;
  /** The endpoint may have more in flight right now. */
  hasRoom(endpoint: string): boolean;
  /** The outcome is in the database. */
  recorded(): void;
  /** What is left of the endpoint's rate limit; null: it has none any more. */
  setQuota(endpoint: string, quota: Quota | null): void;
  /** True: a request may leave that was taken out of the endpoint's rate limit ahead of time. False: ask the limit. */
  takeAhead(endpoint: string): boolean;
  /** Takes over what is kept in the database about the endpoint. */
  adopt(endpoint: string, kept: KeptBreaker): void;
  /** The endpoint's breaker was closed by somebody else. */
  reset(endpoint: string): void;
  /** The state of the endpoint's circuit breaker. */
  breakerOf(endpoint: string): KeptBreaker["state"];
  /** What to keep of the endpoint in the database; null when nothing is known. */
  kept(endpoint: string): KeptBreaker | null;
  /** Endpoints whose breaker is open. */
  open(): string[];
  /** For metrics and stats. */
  counts(): AdmissionCounts;
  limitOf(endpoint: string): number;
}

const claimMax = 500;
const quantumMax = 256;
/** Retries and replays may hold so much of the fast slots; the rest is there when a new event comes. */
const laterShare = 0.75;
/** Claiming for fewer free slots than this costs more than it brings. */
const roomMin = 32;
/** What finds no room as it is routed has to be claimed after all, so routing asks for more of it. */
const roomyMin = 128;

/**
 * Decides how much each endpoint may have in flight. An endpoint's limit adapts to how it answers; slow endpoints
 * share a quota of their own, so that however many hang, the fast slots stay with those that answer. What is
 * claimed and not yet recorded is bounded too: that is what a crash can send twice.
 */
export function createAdmission(options: AdmissionOptions): Admission {
  const { fastMax, slowMax, unrecordedMax, bodyBytesMax, endpointsMax, clock } = options;
  const isolation = createIsolation(options);
  const endpoints = new Map<string, Endpoint>();
  // Only these differ from the default offer, so a claim names them and not every endpoint there is. Of the slow ones
  // those come first whose last offer is the longest ago.
  const noted = new Set<string>();
  /** Where slow endpoints were offered nothing because others were. */
  const starvedShards = new Set<number>();
  let fast = 0;
  let slow = 0;
  /** Of the fast ones. */
  let later = 0;
  let unrecorded = 0;
  let bodyBytes = 0;
  /** In the last claim that brought any. */
  let bodyBytesEach = 1;
  let quantum = startLimit;
  // Claiming and routing go on at the same time, one offer each: what one of them may bring, the other does not count on.
  let claiming: Offer | null = null;
  let routing: RoutedOffer | null = null;
  /** Endpoints for which more was routed while a claim was under way: it need not have seen that. */
  const routedMeanwhile = new Set<string>();

  function note(id: string, endpoint: Endpoint): void {
    const { inFlight, backlogged, slow, breaker, quota } = endpoint;
    if (inFlight > 0 || backlogged || slow || breaker.state !== "closed" || quota) noted.add(id);
    else noted.delete(id);
  }

  function remember(id: string, shard: number): Endpoint {
    let endpoint = endpoints.get(id);
    if (endpoint) return endpoint;
    if (endpoints.size >= endpointsMax) forgetOne();
    endpoint = newEndpoint(id, shard);
    endpoints.set(id, endpoint);
    return endpoint;
  }

  /** Oldest first; an endpoint in use is moved to the end instead. */
  function forgetOne(): void {
    for (const [id, endpoint] of endpoints) {
      endpoints.delete(id);
      if (endpoint.inFlight === 0) {
        noted.delete(id);
        isolation.forget(endpoint);
        return;
      }
      endpoints.set(id, endpoint);
    }
  }

  function roomBeside(other: RoutedOffer | null): number {
    const room = Math.min(fastMax - fast, unrecordedMax - unrecorded, roomForBodies());
    return Math.min(claimMax, room - (other?.deliveriesMax ?? 0));
  }

  function offerRouted(): RoutedOffer | null {
    const room = roomBeside(claiming);
    if (room < roomyMin) return null;
    const nowMs = clock.now();
    const slots = new Map<string, number>();
    for (const id of noted) {
      const endpoint = endpoints.get(id) as Endpoint;
      const { backlogged, slow, breaker } = endpoint;
      const waits = backlogged || slow || breaker.state !== "closed";
      const promised = claiming?.slots.get(id) ?? 0;
      slots.set(id, waits ? 0 : Math.max(0, freeSlots(endpoint, nowMs) - promised));
    }
    routing = { deliveriesMax: room, slots, slotsDefault: startLimit };
    return routing;
  }

  function offer(visits: (shard: number) => boolean): Offer | null {
    const room = roomBeside(routing);
    if (room < roomMin) return null;
    const slots = new Map<string, number>();
    const nowMs = clock.now();
    const slowOnes: Endpoint[] = [];
    for (const id of noted) {
      const endpoint = endpoints.get(id) as Endpoint;
      // Named for nothing it would keep slow slots from those that have work.
      if (!visits(endpoint.shard)) continue;
      if (endpoint.breaker.state !== "closed" || endpoint.quota) {
        isolation.look(endpoint);
        if (!isRestricted(endpoint, nowMs)) {
          endpoint.backlogged = false;
          noted.delete(id);
          continue;
        }
      }
      const free = Math.min(freeSlots(endpoint, nowMs), quantum);
      if (endpoint.slow && free > 0) slowOnes.push(endpoint);
      // Offered none, so the claim does not look at it, and an answer that comes meanwhile must ask for another.
      if (free === 0) endpoint.backlogged = true;
      slots.set(id, free);
    }
    shareSlowRoom(slowOnes, slots);
    const laterMax = Math.max(0, Math.min(room, Math.floor(fastMax * laterShare) - later));
    claiming = { deliveriesMax: room, laterMax, slots, slotsDefault: Math.min(startLimit, quantum) };
    return claiming;
  }

  /** When nothing is in flight there is some, however large one body is. */
  function roomForBodies(): number {
    const room = Math.floor((bodyBytesMax - bodyBytes) / bodyBytesEach);
    return bodyBytes === 0 ? Math.max(room, roomMin) : room;
  }

  /** Cuts what slow endpoints are offered down to what is left for all of them, in equal parts. */
  function shareSlowRoom(slowOnes: readonly Endpoint[], slots: Map<string, number>): void {
    let room = Math.max(0, slowMax - slow);
    slowOnes.forEach((endpoint, i) => {
      const share = Math.min(slots.get(endpoint.id) ?? 0, Math.ceil(room / (slowOnes.length - i)));
      room -= share;
      slots.set(endpoint.id, share);
      if (share > 0) return;
      endpoint.backlogged = true;
      starvedShards.add(endpoint.shard);
    });
  }

  function wakeStarved(): void {
    if (slow >= slowMax || starvedShards.size === 0) return;
    const shards = [...starvedShards];
    starvedShards.clear();
    for (const shard of shards) options.wake(shard, 0);
  }

  function occupy(deliveries: readonly ClaimedPlace[], taken: Map<string, number>): Slot[] {
    let claimedBytes = 0;
    const slots = deliveries.map(({ subscriptionId: id, shard, lane, probe, bodyBytes: bytes }): Slot => {
      const endpoint = remember(id, shard);
      endpoint.inFlight++;
      if (endpoint.slow) slow++;
      else {
        fast++;
        bodyBytes += bytes;
        if (lane > 0) later++;
      }
      taken.set(id, (taken.get(id) ?? 0) + 1);
      claimedBytes += bytes;
      const slot = {
        endpoint: id,
        shard,
        slow: endpoint.slow,
        overdue: false,
        later: lane > 0,
        probe,
        surplus: endpoint.inFlight > endpoint.limit,
        bodyBytes: bytes,
      };
      isolation.chooseProbe(endpoint, slot);
      return slot;
    });
    if (deliveries.length > 0) bodyBytesEach = Math.max(1, claimedBytes / deliveries.length);
    unrecorded += deliveries.length;
    return slots;
  }

  function leased(offered: RoutedOffer, deliveries: readonly ClaimedPlace[]): Slot[] {
    withdraw(offered);
    const taken = new Map<string, number>();
    const slots = occupy(deliveries, taken);
    for (const [id, rows] of taken) {
      // The rest of what was routed to it waits.
      const endpoint = endpoints.get(id) as Endpoint;
      if (rows >= (offered.slots.get(id) ?? offered.slotsDefault)) hasWaiting(id, endpoint);
      spend(endpoint, rows);
      noted.add(id);
    }
    return slots;
  }

  function hasWaiting(id: string, endpoint: Endpoint): void {
    endpoint.backlogged = true;
    if (claiming) routedMeanwhile.add(id);
  }

  /** Until its limit is asked, which tells what is left. */
  function spend({ quota }: Endpoint, rows: number): void {
    if (quota) quota.free = Math.max(0, quota.free - rows);
  }

  function withdraw(offered: RoutedOffer): void {
    if (offered === claiming) {
      claiming = null;
      routedMeanwhile.clear();
    }
    if (offered === routing) routing = null;
  }

  function claimed(offered: Offer, deliveries: readonly ClaimedPlace[]): Slot[] {
    const taken = new Map<string, number>();
    const slots = occupy(deliveries, taken);
    const full = deliveries.length >= offered.deliveriesMax;
    quantum = full ? Math.max(1, quantum >> 1) : Math.min(quantumMax, quantum * 2);
    // Compared with what was offered, not with what is free by now: a slot freed meanwhile was not looked at.
    for (const [id, rows] of taken) {
      const endpoint = endpoints.get(id) as Endpoint;
      endpoint.backlogged =
        rows >= (offered.slots.get(id) ?? offered.slotsDefault) || routedMeanwhile.has(id);
      spend(endpoint, rows);
      note(id, endpoint);
    }
    for (const [id, free] of offered.slots) {
      const endpoint = endpoints.get(id);
      if (!endpoint || free === 0) continue;
      if (!full && !taken.has(id) && !routedMeanwhile.has(id)) {
        endpoint.backlogged = false;
        note(id, endpoint);
      }
      if (endpoint.slow && noted.delete(id)) noted.add(id);
    }
    withdraw(offered);
    wakeStarved();
    return slots;
  }

  function leave(slot: Slot): void {
    if (slot.slow) slow--;
    else {
      fast--;
      bodyBytes -= slot.bodyBytes;
      if (slot.later) later--;
    }
  }

  function learn(endpoint: Endpoint, slot: Slot, answer: Answer, pauseMs: number | null): void {
    const inUse = endpoint.inFlight >= endpoint.limit || endpoint.backlogged;
    endpoint.inFlight--;
    const works = answer === "succeeded" || answer === "refused";
    if (answer !== "not_sent") endpoint.limit = nextLimit(endpoint.limit, works, inUse);
    if (answer === "timed_out") endpoint.slow = true;
    else if (answer !== "not_sent" && !slot.overdue) endpoint.slow = false;
    if (!works || endpoint.breaker !== closedBreaker) isolation.learn(endpoint, answer, slot.probe, pauseMs);
  }

  return {
    offer,
    claimed,
    isRoomy: () => roomBeside(claiming) >= roomyMin,
    offerRouted,
    leased,
    withdraw,
    asksLater(id) {
      const endpoint = endpoints.get(id);
      if (!endpoint || freeSlots(endpoint, clock.now()) > 0) return false;
      if (endpoint.inFlight === 0 && !isPaused(endpoint, clock.now())) return false;
      hasWaiting(id, endpoint);
      return true;
    },
    heldBackMs(slot) {
      const endpoint = endpoints.get(slot.endpoint) as Endpoint;
      // At once: it is offered again when there is room.
      if (endpoint.breaker.state === "closed") return slot.surplus ? 0 : null;
      return isolation.heldBackMs(endpoint, slot);
    },
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
    answered(slot, answer, pauseMs = null) {
      leave(slot);
      const endpoint = endpoints.get(slot.endpoint) as Endpoint;
      learn(endpoint, slot, answer, pauseMs);
      note(slot.endpoint, endpoint);
      if (slot.slow) wakeStarved();
      return endpoint.backlogged;
    },
    hasRoom(id) {
      const endpoint = endpoints.get(id);
      if (!endpoint) return true;
      return freeSlots(endpoint, clock.now()) > 0 && !(endpoint.slow && slow >= slowMax);
    },
    recorded() {
      unrecorded--;
    },
    setQuota(id, quota) {
      const endpoint = endpoints.get(id);
      if (!endpoint) return;
      endpoint.quota = quota;
      note(id, endpoint);
      if (quota?.free === 0) options.wake(endpoint.shard, quota.refillAtMs - clock.now());
    },
    takeAhead(id) {
      const quota = endpoints.get(id)?.quota;
      if (!quota || quota.ahead === 0 || clock.now() >= quota.aheadUntilMs) return false;
      quota.ahead--;
      return true;
    },
    adopt(id, kept) {
      const endpoint = endpoints.get(id);
      if (!endpoint) return;
      isolation.adopt(endpoint, kept);
      note(id, endpoint);
    },
    reset(id) {
      const endpoint = endpoints.get(id);
      if (endpoint) isolation.reset(endpoint);
    },
    breakerOf: (id) => endpoints.get(id)?.breaker.state ?? "closed",
    kept(id) {
      const endpoint = endpoints.get(id);
      return endpoint ? isolation.kept(endpoint) : null;
    },
    open: () => [...isolation.broken()].flatMap(({ id, breaker }) => (breaker.state === "open" ? [id] : [])),
    counts() {
      const broken = isolation.broken().size;
      let open = 0;
      for (const { breaker } of isolation.broken()) if (breaker.state === "open") open++;
      return { fast, slow, unrecorded, bodyBytes, endpoints: endpoints.size, open, halfOpen: broken - open };
    },
    limitOf: (id) => endpoints.get(id)?.limit ?? startLimit,
  };
}
