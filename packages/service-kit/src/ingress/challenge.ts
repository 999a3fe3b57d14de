import type { Clock } from "@carewire/envelope";
import type { RequestHandler } from "express";
import type { Metrics } from "../metrics/create-metrics.ts";
import { sendProblem } from "../problems/problem-result.ts";
import type { BoundProvider } from "./provider.ts";
import { createRateLimit } from "./rate-limit.ts";
import { sendAnswer } from "./send-answer.ts";
import type { SourceRules } from "./source-rules.ts";
import type { TlsRule } from "./tls-rule.ts";

/** What a provider hears that asks whether the address is ours: its own text, or nothing. */
export type ChallengeAnswer = { ok: true; challenge: string } | { ok: false };

export interface ChallengeDeps {
  tlsRule: TlsRule;
  sourceRules: Pick<SourceRules, "refuseUnread">;
  metrics: Metrics;
  clock: Clock;
}

/** A provider asks when somebody sets up its webhook: a few times, by hand. More is somebody guessing the token. */
const ratePerSecond = 1;
const burst = 30;

/** Builds the handlers of GET challenges: 200 with the text, 403 with nothing, 429 when too many ask. */
export function createChallenges({ tlsRule, sourceRules, metrics, clock }: ChallengeDeps) {
  const counter = metrics.counter({
    name: "carewire_ingress_challenges_total",
    help: "Requests to prove that the address is ours, by provider and verdict.",
    labelNames: ["provider", "verdict"],
  });

  return (provider: BoundProvider, answer: (query: URLSearchParams) => ChallengeAnswer): RequestHandler => {
    const takeToken = createRateLimit({ ratePerSecond, burst, clock });
    const count = (verdict: string) => counter.labels(provider.provider, verdict).inc();
    return (request, response) => {
      if (!tlsRule(request)) return sendAnswer(response, provider, { verdict: "insecure" });
      const reason = sourceRules.refuseUnread(provider, request);
      if (reason) return sendAnswer(response, provider, { verdict: "forbidden", reason });
      const retryAfterSeconds = takeToken();
      if (retryAfterSeconds !== null) {
        count("limited");
        return sendProblem(response, "too_many_requests", { detail: "Ask again later.", retryAfterSeconds });
      }
      const verdict = answer(new URLSearchParams(request.url.split("?", 2)[1] ?? ""));
      count(verdict.ok ? "accepted" : "refused");
      if (!verdict.ok) response.writeHead(403, { "content-length": "0" }).end();
      else {
        response.writeHead(200, {
          "content-type": "text/plain; charset=utf-8",
          "content-length": Buffer.byteLength(verdict.challenge),
          "cache-control": "no-store",
        });
        response.end(verdict.challenge);
      }
    };
  };
}
