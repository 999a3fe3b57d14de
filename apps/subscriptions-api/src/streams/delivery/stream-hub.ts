import { wakeChannel } from "@carewire/bus";
import { withTenant } from "@carewire/db";
import { loadSubscriptions } from "@carewire/delivery";
import type { EventStream } from "../event-stream.ts";
import { claimForStream, findDue } from "./claim-stream.ts";
import { announceSettled } from "./report-outcomes.ts";
import { type SettleDeps, settleOutcomes } from "./settle-outcomes.ts";
import { type PreparedDelivery, prepareDelivery } from "./stream-message.ts";
import { holdForsaken, leaveStream, renewStreams, type StreamPlace } from "./stream-rows.ts";
import { leaseMs } from "./stream-settings.ts";

export interface StreamHubDeps extends SettleDeps {
  onError(where: string, error: unknown): void;
}

/** Why a stream is over, told to its reader. */
export type EndReason = "replaced" | "gone" | "lost" | "closing";

/** Sends what is due of stream subscriptions to those who are connected to this process. */
export interface StreamHub {
  /** The connection is the stream's, see `takeStream`; from now on it gets what is due. */
  serve(place: StreamPlace, stream: EventStream, inFlightMax: number): void;
  start(): Promise<void>;
  /** Keeps connections alive, and ends those whose stream is somebody else's by now. */
  beat(): Promise<void>;
  close(): Promise<void>;
}

interface Served {
  place: StreamPlace;
  stream: EventStream;
  inFlightMax: number;
  /** Delivery ids, and until when they are the reader's. */
  inFlight: Map<string, number>;
  isFilling: boolean;
  isWanted: boolean;
}

const pollMs = 500;
const wakeMs = 15;
const sweepMs = 5_000;
/** With bodies of 256 KiB each, 2 MiB of text on its way to one reader. */
const claimMax = 6;

export function createStreamHub(deps: StreamHubDeps): StreamHub {
  const { sql, vault, clock, settings, onError } = deps;
  const served = new Set<Served>();
  const timers: NodeJS.Timeout[] = [];
  let waking: NodeJS.Timeout | null = null;
  const leaving = new Set<Promise<void>>();
  let closed = false;

  function end(one: Served, reason: EndReason): void {
    one.stream.send("end", { reason });
    one.stream.end();
  }

  async function whyOver({ subscriptionId }: StreamPlace): Promise<EndReason> {
    const [row] = await sql<{ taken: boolean }[]>`
      select exists (select from streams where subscription_id = ${subscriptionId}) taken
      from subscriptions where id = ${subscriptionId}`;
    if (row === undefined) return "gone";
    return row.taken ? "replaced" : "lost";
  }

  function roomOf(one: Served): number {
    const nowMs = clock.now();
    for (const [id, untilMs] of one.inFlight) if (untilMs <= nowMs) one.inFlight.delete(id);
    return one.stream.isOpen() ? one.inFlightMax - one.inFlight.size : 0;
  }

  async function fill(one: Served): Promise<void> {
    for (let room = roomOf(one); room > 0; room = roomOf(one)) {
      const prepared = await take(one, Math.min(room, claimMax));
      if (prepared === null) return end(one, await whyOver(one.place));
      if (prepared.length === 0) return;
      const unsendable = prepared.filter((delivery) => delivery.kind === "unsendable");
      if (unsendable.length > 0) await settleUnsent(one.place, unsendable);
      for (const delivery of prepared) {
        if (delivery.kind === "message")
          one.stream.send("delivery", delivery.message, delivery.message.delivery_id);
      }
      // It closed after this was leased, and nobody else will notice before the leases run out.
      if (!one.stream.isOpen()) return leaveStream(sql, one.place);
      await one.stream.drained();
    }
  }

  /** Leases what is due and builds what to send of it; null when the stream is not this connection's any more. */
  async function take({ place, inFlight }: Served, max: number): Promise<PreparedDelivery[] | null> {
    const { organizationId, subscriptionId, connectionId } = place;
    const dataKey = await vault.dataKey(organizationId);
    const claim = { subscriptionId, connectionId, max, leaseMs: leaseMs(settings) };
    const taken = await withTenant(sql, organizationId, async (tx) => {
      const claimed = await claimForStream(tx, claim);
      if (claimed === null) return null;
      const [subscription] = claimed.length === 0 ? [] : await loadSubscriptions(tx, [subscriptionId]);
      return { claimed, subscription };
    });
    if (taken === null) return null;
    const { claimed, subscription } = taken;
    const nowMs = clock.now();
    return claimed.flatMap((delivery) => {
      if (subscription === undefined) return [];
      const context = { subscription, dataKey, nowMs, timeoutMs: settings.attemptTimeoutMs };
      const prepared = prepareDelivery(context, delivery);
      if (prepared.kind === "message") inFlight.set(delivery.id, nowMs + claim.leaseMs);
      return [prepared];
    });
  }

  async function settleUnsent(
    place: StreamPlace,
    unsent: Extract<PreparedDelivery, { kind: "unsendable" }>[],
  ): Promise<void> {
    const outcomes = unsent.map(({ lease, outcome }) => ({ lease, outcome, durationMs: 0 }));
    await announceSettled(sql, (await settleOutcomes(deps, place, outcomes)) ?? []);
  }

  async function pump(one: Served): Promise<void> {
    one.isWanted = true;
    if (one.isFilling) return;
    one.isFilling = true;
    try {
      while (one.isWanted && one.stream.isOpen()) {
        one.isWanted = false;
        await fill(one);
      }
    } catch (error) {
      onError("stream", error);
    } finally {
      one.isFilling = false;
    }
  }

  async function look(): Promise<void> {
    const bySubscription = new Map(
      [...served].filter((one) => roomOf(one) > 0).map((one) => [one.place.subscriptionId, one]),
    );
    if (bySubscription.size === 0) return;
    for (const id of await findDue(sql, [...bySubscription.keys()])) {
      const one = bySubscription.get(id);
      if (one) void pump(one);
    }
  }

  function wake(): void {
    if (waking !== null || closed || served.size === 0) return;
    waking = setTimeout(() => {
      waking = null;
      look().catch((error) => onError("find due", error));
    }, wakeMs);
  }

  const held = (error: unknown) => onError("hold forsaken", error);

  function onWakeup(payload: string): void {
    if (payload.startsWith("streamed:")) {
      const ids = payload.slice(9).split(",");
      for (const { inFlight } of served) for (const id of ids) inFlight.delete(id);
    } else if (payload !== "streams" && !/^shards:(.*,)?65(,|$)/.test(payload)) return;
    wake();
  }

  function leave(one: Served): void {
    served.delete(one);
    const left = leaveStream(sql, one.place).catch((error) => onError("leave stream", error));
    leaving.add(left);
    void left.finally(() => leaving.delete(left));
  }

  return {
    serve(place, stream, inFlightMax) {
      for (const other of served)
        if (other.place.subscriptionId === place.subscriptionId) end(other, "replaced");
      const one = { place, stream, inFlightMax, inFlight: new Map(), isFilling: false, isWanted: false };
      served.add(one);
      stream.onEnd(() => leave(one));
      // It was opened while the service began to stop.
      if (closed) end(one, "closing");
      else void pump(one);
    },
    async start() {
      timers.push(
        setInterval(wake, pollMs),
        setInterval(() => void holdForsaken(sql, held).catch(held), sweepMs),
      );
      await sql.listen(wakeChannel, onWakeup);
    },
    async beat() {
      const all = [...served];
      if (all.length === 0) return;
      const alive = await renewStreams(
        sql,
        all.map(({ place }) => place),
      );
      for (const one of all) {
        one.stream.beat();
        if (!alive.has(one.place.connectionId) && served.has(one)) end(one, await whyOver(one.place));
      }
    },
    async close() {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      if (waking !== null) clearTimeout(waking);
      for (const one of [...served]) {
        end(one, "closing");
        leave(one);
      }
      await Promise.all(leaving);
    },
  };
}
