import type { Clock } from "@carewire/envelope";
import type { Express, RequestHandler } from "express";
import type { Logger } from "../logging/create-logger.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import { createChallenges } from "./challenge.ts";
import { createIngressMetrics } from "./ingress-metrics.ts";
import type { Outcome } from "./outcome.ts";
import type { BoundProvider, PathParams } from "./provider.ts";
import { createReceive, type ReceiverDeps } from "./receive.ts";
import { sendAnswer } from "./send-answer.ts";

export interface IngressOptions extends ReceiverDeps {
  clock: Clock;
  providers: readonly BoundProvider[];
  metrics: Metrics;
  logger: Logger;
}

export interface Ingress {
  /** Adds every provider's route. Nothing in front of it may read the body. */
  mount(app: Express): void;
}

/** At most one line a second says what happens to many requests alike: that must not become a flood of its own. */
const quietMs = 1_000;

/**
 * The inbound side of a provider family. Answers: 200 once the event is committed (again, with `duplicate: true`,
 * for a repeat; a conflicting body is recorded and changes nothing), 400 verified but malformed, 401 with an empty
 * body, 403 not from where its source sends, 405, 408, 413, 415, 426 not over TLS, 429 more than its source may, 503 with Retry-After while nothing can be stored.
 */
export function createIngress(options: IngressOptions): Ingress {
  const { providers, clock, logger } = options;
  const metrics = createIngressMetrics(options.metrics);
  const receive = createReceive(options);
  const createChallenge = createChallenges(options);
  let outageLoggedAtMs = 0;
  let refusalLoggedAtMs = 0;

  function log(provider: string, outcome: Outcome): void {
    switch (outcome.verdict) {
      case "malformed":
        logger.warn({ provider, reason: outcome.reason }, "inbound request kept as malformed");
        return;
      case "conflict":
        logger.warn(
          { provider, eventId: outcome.eventId },
          "inbound request repeats an id with another body",
        );
        return;
      case "forbidden":
      case "rate_limited":
        if (clock.now() - refusalLoggedAtMs < quietMs) return;
        refusalLoggedAtMs = clock.now();
        logger.warn(
          { provider, verdict: outcome.verdict },
          "inbound requests refused by their source's rules",
        );
        return;
      case "unavailable":
        if (clock.now() - outageLoggedAtMs < quietMs) return;
        outageLoggedAtMs = clock.now();
        logger.error({ provider, err: outcome.error }, "inbound request not stored, told to retry");
        return;
      default:
        return;
    }
  }

  const createHandler = (provider: BoundProvider): RequestHandler => {
    return async (request, response) => {
      const startedAt = performance.now();
      const outcome = await receive(provider, request, request.params as PathParams);
      sendAnswer(response, provider, outcome);
      metrics.observe(provider.provider, outcome.verdict, (performance.now() - startedAt) / 1_000);
      log(provider.provider, outcome);
    };
  };

  return {
    mount(app) {
      for (const provider of providers) {
        const handler = createHandler(provider);
        for (const method of provider.methods) app[method](provider.path, handler);
        if (provider.challenge) app.get(provider.path, createChallenge(provider, provider.challenge));
      }
    },
  };
}
