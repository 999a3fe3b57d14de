import type { Clock } from "@carewire/envelope";
import type { ClaimedDelivery } from "../store/claim.ts";
import type { DeferredDelivery } from "../store/defer.ts";
import { aheadMs, type TokenGrant, type TokenRequest } from "../store/reserve-tokens.ts";
import type { Admission, Slot } from "./admission.ts";

/** Why a claimed delivery is not sent at once. */
export type Wait =
  | { reason: "breaker" | "in_flight_limit"; delayMs: number }
  /** First its endpoint's rate limit is asked. */
  | { reason: "rate_limit"; ratePerSecond: number };

export interface WaitingDelivery {
  delivery: ClaimedDelivery;
  slot: Slot;
  wait: Wait;
}

export interface Gate {
  /** What a claimed delivery must wait for; null when nothing does. */
  waitOf(slot: Slot, ratePerSecond: number | null): Wait | null;
  /** Has those sent that may go after all and gives the others back. Rejects only if `send` does. */
  settle<T extends WaitingDelivery>(waiting: T[], send: (granted: T[]) => Promise<void>): Promise<void>;
}

export interface GateDeps {
  admission: Admission;
  /** Only goes forward. */
  clock: Clock;
  reserve(requests: TokenRequest[]): Promise<TokenGrant[]>;
  defer(deliveries: DeferredDelivery[]): Promise<void>;
  /** The shard may have due work `delayMs` from now. */
  wakeShard(shard: number, delayMs: number): void;
  onDeferred(reason: Wait["reason"]): void;
  onError(where: string, error: unknown): void;
}

interface Deferral extends Pick<WaitingDelivery, "delivery" | "slot"> {
  reason: Wait["reason"];
  delayMs: number;
}

/**
 * Stands between claiming and sending, for endpoints that are broken, have a rate limit or enough in flight: admission
 * offers them little, but a claim may have begun before it knew, or in a process that did not.
 */
export function createGate(deps: GateDeps): Gate {
  const { admission, clock } = deps;

  /** As if they had not been claimed. When even that fails, their leases run out. */
  async function giveBack(deferrals: Deferral[]): Promise<void> {
    if (deferrals.length === 0) return;
    for (const { reason } of deferrals) deps.onDeferred(reason);
    const rows = deferrals.map(({ delivery, delayMs }) => ({
      id: delivery.id,
      leaseToken: delivery.leaseToken,
      delayMs,
    }));
    await deps.defer(rows).catch((error) => deps.onError("defer", error));
    for (const { delivery, slot, delayMs } of deferrals) {
      admission.answered(slot, "not_sent");
      admission.recorded();
      deps.wakeShard(delivery.shard, delayMs);
    }
  }

  async function askRates<T extends WaitingDelivery>(
    limited: T[],
    send: (granted: T[]) => Promise<void>,
  ): Promise<void> {
    const requests = new Map<string, TokenRequest>();
    for (const { delivery, wait } of limited) {
      if (wait.reason !== "rate_limit") continue;
      const { subscriptionId } = delivery;
      const request = requests.get(subscriptionId);
      if (request) request.wanted++;
      else requests.set(subscriptionId, { subscriptionId, ratePerSecond: wait.ratePerSecond, wanted: 1 });
    }
    const grants = await reserve([...requests.values()]);
    const granted: T[] = [];
    const over: Deferral[] = [];
    for (const waiting of limited) {
      const { delivery, slot } = waiting;
      const grant = grants.get(delivery.subscriptionId);
      if (grant && grant.granted > 0) {
        grant.granted--;
        granted.push(waiting);
      } else {
        over.push({ delivery, slot, reason: "rate_limit", delayMs: grant?.refillMs ?? unknownMs });
      }
    }
    await Promise.all([send(granted), giveBack(over)]);
  }

  async function reserve(requests: TokenRequest[]): Promise<Map<string, TokenGrant>> {
    const aheadUntilMs = clock.now() + aheadMs;
    try {
      const grants = await deps.reserve(requests);
      for (const { subscriptionId, left, ahead, refill, refillMs } of grants) {
        const refillAtMs = clock.now() + refillMs;
        admission.setQuota(subscriptionId, { free: left + ahead, refill, refillAtMs, ahead, aheadUntilMs });
      }
      return new Map(grants.map((grant) => [grant.subscriptionId, grant]));
    } catch (error) {
      deps.onError("rate limit", error);
      return new Map();
    }
  }

  return {
    waitOf(slot, ratePerSecond) {
      const delayMs = admission.heldBackMs(slot);
      if (delayMs !== null) {
        const isBroken = admission.breakerOf(slot.endpoint) !== "closed";
        return { reason: isBroken ? "breaker" : "in_flight_limit", delayMs };
      }
      if (ratePerSecond === null || admission.takeAhead(slot.endpoint)) return null;
      return { reason: "rate_limit", ratePerSecond };
    },
    async settle(waiting, send) {
      const limited = waiting.filter(({ wait }) => wait.reason === "rate_limit");
      const held = waiting.flatMap(({ delivery, slot, wait }) =>
        wait.reason === "rate_limit" ? [] : [{ delivery, slot, ...wait }],
      );
      await Promise.all([giveBack(held), limited.length > 0 ? askRates(limited, send) : undefined]);
    },
  };
}

/** How long a delivery waits when its rate limit could not be asked. */
const unknownMs = 1_000;
