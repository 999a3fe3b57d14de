import type { Clock } from "@carewire/envelope";
import { createDeliverer, type Deliverer, type DelivererDeps } from "./deliver.ts";
import type { DispatcherDeps } from "./dispatcher-deps.ts";
import type { EndpointWatch } from "./endpoint-watch.ts";
import { createDeadlines } from "./send/deadlines.ts";
import { createTokenFetcher } from "./send/fetch-token.ts";
import { createOauthTokens } from "./send/oauth-tokens.ts";
import { createPoster } from "./send/post.ts";
import { createProxyGate } from "./send/proxy-gate.ts";
import { createTargets } from "./send/targets.ts";
import { shelveDeliveries } from "./store/shelve.ts";

export interface Sender {
  deliverer: Deliverer;
  /** False while the egress proxy serves nobody: what were claimed now could not be sent. */
  mayClaim(): boolean;
  stop(): void;
}

export interface SenderDeps extends Pick<DelivererDeps, "record" | "onRecorded" | "freeLane" | "wakeShard"> {
  deps: DispatcherDeps;
  /** Only goes forward. */
  monotonic: Clock;
  watch: EndpointWatch;
  /** Subscriptions and access tokens remembered at most. */
  endpointsMax: number;
}

const slowAfterMs = 1_000;
/** Connect, headers and body of an OAuth2 token's answer; the attempt's own timeout bounds it too. */
const tokenTimeoutMs = 10_000;

/** From a claimed delivery to its outcome: where to, as whom, over which connection, and until when. */
export function createSender({ deps, monotonic, watch, endpointsMax, ...links }: SenderDeps): Sender {
  const { sql, vault, pools, settings, onError } = deps;
  const deadlines = createDeadlines({ clock: monotonic, delayMs: settings.attemptTimeoutMs });
  const overdues = createDeadlines({ clock: monotonic, delayMs: slowAfterMs });
  const proxyGate = createProxyGate({
    clock: monotonic,
    onClosed: (detail) => onError("egress proxy", new Error(detail)),
  });
  const tokens = createOauthTokens({
    fetchToken: createTokenFetcher({ pools, timeoutMs: Math.min(tokenTimeoutMs, settings.attemptTimeoutMs) }),
    clock: monotonic,
    tokensMax: endpointsMax,
  });
  const deliverer = createDeliverer({
    ...deps,
    ...links,
    targets: createTargets({
      ...{ sql, vault, clock: monotonic, targetsMax: endpointsMax, scheduleMs: settings.scheduleMs },
      onLoaded: watch.onLoaded,
      onUnreadable: (id, error) => onError(`open secret of ${id}`, error),
    }),
    admission: watch.admission,
    gate: watch.gate,
    onAnswer: watch.onAnswer,
    post: createPoster({
      ...{ pools, tokens, clock: monotonic, deadlines, overdues, timeoutMs: settings.attemptTimeoutMs },
      onOutcome: proxyGate.noted,
    }),
    shelve: (deliveries) => shelveDeliveries(sql, deliveries),
    disable: watch.disable,
    onUnreadable: (eventId, error) => onError(`open payload of ${eventId}`, error),
  });

  return {
    deliverer,
    mayClaim: () => !proxyGate.closed(),
    stop() {
      deadlines.stop();
      overdues.stop();
    },
  };
}
