import type { EventPayloads } from "../../events/event-payloads.generated.ts";
import { buildEvent, type OverridesOf, type TestEvent } from "../build-event.ts";
import { createTestWebhooks, newTestSecret, type TestWebhooksOptions } from "../test-webhooks.ts";
import type { RetryRules } from "./decide-next.ts";
import { createDeliverer, type FakeDelivery } from "./deliver-event.ts";
import { listen } from "./listen.ts";
import type { FakeEndpoint } from "./send-to.ts";
import { createDetailsHost, type DetailsHost } from "./serve-details.ts";

/** How a fake Carewire delivers. */
export interface FakeCarewireOptions extends Omit<TestWebhooksOptions, "now">, Partial<RetryRules> {
  /** The receiver under test: a fetch-style handler, or the address of a server. */
  endpoint: FakeEndpoint;
  /** Time for each attempt, in milliseconds; default 15,000 as in production. */
  timeoutMs?: number;
  /** The time in milliseconds, for timestamps. Default: `Date.now`. */
  now?: () => number;
}

type AnyType = keyof EventPayloads | (string & {});

/** Delivers events to a receiver under test as Carewire does, and serves what they name. */
export interface FakeCarewire extends DetailsHost {
  /** What the receiver verifies with. */
  secrets: string[];
  /** What reads details, as `credentials` of `createDetailsFetcher` or `apiKey` of `createClient`. */
  apiKey: string;
  /** Goes with {@link FakeCarewire.fetch}: no server listens there. */
  baseUrl: string;
  /** Answers requests for details without a network. */
  fetch: typeof fetch;
  /** Delivers an event, with retries, and resolves when it is delivered or given up on. */
  deliver<Type extends AnyType>(type: Type, overrides?: OverridesOf<Type>): Promise<FakeDelivery>;
  /** Delivers an event again: the same id and body. At the same time as the first, if you do not wait for that. */
  redeliver(event: TestEvent): Promise<FakeDelivery>;
  /** Everything delivered so far, in the order in which it ended. */
  deliveries(): readonly FakeDelivery[];
  /** Serves details over HTTP as well, for receivers in other processes. */
  listen(): Promise<{ url: string; close(): Promise<void> }>;
}

const deliveriesMax = 10_000;

/** Makes a {@link FakeCarewire}. Throws when a secret is none that the scheme can sign with. */
export function createFakeCarewire(options: FakeCarewireOptions): FakeCarewire {
  const { secret = newTestSecret(), now = Date.now } = options;
  const { secrets } = createTestWebhooks({ ...options, secret });
  const deliverEvent = createDeliverer({ ...options, secret, now });
  const apiKey = "cw_test_fake";
  const host = createDetailsHost(apiKey);
  const ended: FakeDelivery[] = [];

  async function redeliver(event: TestEvent): Promise<FakeDelivery> {
    const delivery = await deliverEvent(event);
    ended.push(delivery);
    if (ended.length > deliveriesMax) ended.shift();
    return delivery;
  }

  return {
    ...host,
    secrets,
    apiKey,
    baseUrl: "http://carewire.fake",
    fetch: async (input, init) => {
      init?.signal?.throwIfAborted();
      return host.answer(new Request(input, init));
    },
    deliver: (type, overrides) => redeliver(buildEvent(type, overrides, now())),
    redeliver,
    deliveries: () => ended,
    listen: () => listen(host.answer),
  };
}
