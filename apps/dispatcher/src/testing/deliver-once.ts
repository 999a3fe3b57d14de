import type { IncomingMessage, ServerResponse } from "node:http";
import type { AttemptNow, DeliveryBench, DeliveryNow, SubscriptionDraft } from "./delivery-bench.ts";
import { type OddServer, serve } from "./serve.ts";
import { waitUntil } from "./wait-until.ts";

export interface FinishedDelivery {
  delivery: DeliveryNow | undefined;
  attempts: AttemptNow[];
}

/** Publishes single events to endpoints that answer oddly, and waits for the end of their deliveries. */
export interface OneShots {
  /** Publishes one event to a new subscription (no retries by default) and waits until its delivery is finished. */
  deliver(draft: SubscriptionDraft): Promise<FinishedDelivery>;
  /** One event to a new subscription at each address, without retries; the attempts at each, once all are finished. */
  deliverToEach(urls: readonly string[]): Promise<AttemptNow[][]>;
  /** The same as `deliver`, to an endpoint that answers so. */
  deliverTo(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    draft?: SubscriptionDraft,
  ): Promise<FinishedDelivery>;
  /** Starts an endpoint that is closed with the others. */
  serve: typeof serve;
  closeServers(): Promise<void>;
}

export function createOneShots(bench: DeliveryBench): OneShots {
  const servers: OddServer[] = [];

  async function serveKept(answer: Parameters<typeof serve>[0]): Promise<OddServer> {
    const server = await serve(answer);
    servers.push(server);
    return server;
  }

  async function deliver(draft: SubscriptionDraft): Promise<FinishedDelivery> {
    await bench.subscribe({ retriesMax: 0, ...draft });
    const eventId = await bench.publish();
    await bench.wake();
    const [delivery] = await waitUntil(async () => {
      const deliveries = await bench.deliveries(eventId);
      return deliveries.some(({ status }) => status === "delivered" || status === "failed") && deliveries;
    });
    return { delivery, attempts: await bench.attempts(eventId) };
  }

  async function deliverToEach(urls: readonly string[]): Promise<AttemptNow[][]> {
    const subscriptions = await Promise.all(urls.map((url) => bench.subscribe({ retriesMax: 0, url })));
    const eventId = await bench.publish();
    await bench.wake();
    const deliveries = await waitUntil(async () => {
      const all = await bench.deliveries(eventId);
      const finished = all.filter(({ status }) => status === "delivered" || status === "failed");
      return finished.length === urls.length && finished;
    });
    return Promise.all(
      subscriptions.map(({ id }) => {
        const delivery = deliveries.find(({ subscriptionId }) => subscriptionId === id);
        return bench.attempts(eventId, delivery?.id);
      }),
    );
  }

  return {
    deliver,
    deliverToEach,
    async deliverTo(answer, draft = {}) {
      const server = await serveKept(answer);
      return deliver({ url: `${server.url}/hook`, ...draft });
    },
    serve: serveKept,
    async closeServers() {
      await Promise.all(servers.splice(0).map((server) => server.close()));
    },
  };
}
