import type { Clock } from "@carewire/envelope";
import type { RequestHandler } from "express";
import type { Sql } from "postgres";
import type { Logger } from "../logging/create-logger.ts";
import { sendProblem } from "../problems/problem-result.ts";
import { apiKeyOfHeader, hashApiKey } from "./api-key.ts";
import { createApiKeyFinder } from "./find-api-key.ts";
import { createLastUsed } from "./last-used.ts";
import { setPrincipal } from "./principal.ts";

/** What {@link createAuthenticator} needs. */
export interface AuthenticatorOptions {
  sql: Sql;
  clock: Clock;
  logger?: Logger;
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

/** Builds the {@link Authenticator}; it keeps at most 10,000 keys in memory, each for less than a second. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { clock } = options;
  const finder = createApiKeyFinder(options);
  const lastUsed = createLastUsed(options);

  return {
    async authenticate(req, res, next) {
      const key = apiKeyOfHeader(req.headers.authorization);
      const found = key === null ? null : await finder.find(hashApiKey(key));
      if (found === null || (found.expiresAt !== null && found.expiresAt <= clock.now())) {
        // RFC 6750 section 3: without details about what was wrong with the token.
        res.setHeader("www-authenticate", "Bearer");
        if (!req.complete) res.setHeader("connection", "close");
        sendProblem(res, "unauthorized", {
          detail: "Send a valid API key as Authorization: Bearer cw_live_…",
        });
        return;
      }
      lastUsed.touch(found.principal.apiKeyId);
      setPrincipal(res, found.principal);
      next();
    },
  };
}
