import type { Clock } from "@carewire/envelope";
import type { RequestHandler, Response } from "express";
import type { Sql } from "postgres";
import type { Logger } from "../logging/create-logger.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import { sendProblem } from "../problems/problem-result.ts";
import { apiKeyOfHeader, hashApiKey } from "./api-key.ts";
import { createApiKeyFinder, type FoundApiKey } from "./find-api-key.ts";
import { createLastUsed } from "./last-used.ts";
import { setPrincipal } from "./principal.ts";

/** What {@link createAuthenticator} needs. */
export interface AuthenticatorOptions {
  sql: Sql;
  clock: Clock;
  logger?: Logger;
  /** Where refusals are counted, as `carewire_auth_failures_total`; default: nowhere. */
  metrics?: Metrics;
}

/** Turns API keys into principals. */
export interface Authenticator {
  /**
   * Express middleware: `Authorization: Bearer cw_live_…`. On success `principalOf(res)` is the caller. Missing,
   * unknown, revoked and expired keys all get the same 401, so that nothing can be learned from it; a revoked key is
   * refused within a second. A lost database is passed on as an error (503).
   */
  authenticate: RequestHandler;
}

/** Why a request has no principal; `malformed` is anything that cannot be a key, `unknown` includes revoked ones. */
type Refusal = "missing" | "malformed" | "unknown" | "expired";

function refuse(res: Response, isBodyRead: boolean): void {
  // RFC 6750 section 3: without details about what was wrong with the token.
  res.setHeader("www-authenticate", "Bearer");
  if (!isBodyRead) res.setHeader("connection", "close");
  sendProblem(res, "unauthorized", {
    detail: "Send a valid API key as Authorization: Bearer cw_live_…",
  });
}

/** Builds the {@link Authenticator}; it keeps at most 10,000 keys in memory, each for less than a second. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { clock } = options;
  const finder = createApiKeyFinder(options);
  const lastUsed = createLastUsed(options);
  const failures = options.metrics?.counter({
    name: "carewire_auth_failures_total",
    help: "Requests refused for want of a valid API key, by reason.",
    labelNames: ["reason"],
  });

  async function identify(header: string | undefined): Promise<FoundApiKey | Refusal> {
    if (header === undefined) return "missing";
    const key = apiKeyOfHeader(header);
    if (key === null) return "malformed";
    const found = await finder.find(hashApiKey(key));
    if (found === null) return "unknown";
    return found.expiresAt !== null && found.expiresAt <= clock.now() ? "expired" : found;
  }

  return {
    async authenticate(req, res, next) {
      const found = await identify(req.headers.authorization);
      if (typeof found === "string") {
        failures?.inc({ reason: found });
        refuse(res, req.complete);
        return;
      }
      lastUsed.touch(found.principal.apiKeyId);
      setPrincipal(res, found.principal);
      next();
    },
  };
}
