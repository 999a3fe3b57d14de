import type { Clock } from "@carewire/envelope";
import type { RequestHandler, Response } from "express";
import type { Sql } from "postgres";
import type { Logger } from "../logging/create-logger.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import { sendProblem } from "../problems/problem-result.ts";
import { findAccessLink } from "./find-access-link.ts";
import { findApiKey } from "./find-api-key.ts";
import { findSession } from "./find-session.ts";
import type { FoundAccessLink, FoundCredential } from "./found-credential.ts";
import { createLastUsed } from "./last-used.ts";
import { setAccessLink, setPrincipal } from "./principal.ts";
import { createRecentCredentials } from "./recent-credentials.ts";
import { type TokenKind, tokenOfHeader } from "./token.ts";

/** What {@link createAuthenticator} needs. */
export interface AuthenticatorOptions {
  sql: Sql;
  clock: Clock;
  logger?: Logger;
  /** Where refusals are counted, as `carewire_auth_failures_total`; default: nowhere. */
  metrics?: Metrics;
}

/** Turns API keys and sessions into principals. */
export interface Authenticator {
  /**
   * Express middleware: `Authorization: Bearer cw_live_…` or `cw_sess_…`. On success `principalOf(res)` is the caller.
   * Missing, unknown, revoked and expired ones all get the same 401, so that nothing can be learned from it; what was
   * revoked is refused within a second. A lost database is passed on as an error (503).
   */
  authenticate: RequestHandler;
  /**
   * The same for who wants a session: an API key, or a link that was not used yet (`cw_link_…`), which is then
   * `accessLinkOf(res)`. No session makes another.
   */
  authenticateSignIn: RequestHandler;
  /** Of a session that just ended: this process at least asks the database about it at once. */
  forgetSession(authorization: string | undefined): void;
}

/** Why a request has no principal; `malformed` is anything that cannot be a token, `unknown` includes revoked ones. */
type Refusal = "missing" | "malformed" | "unknown" | "expired";

function refuse(res: Response, isBodyRead: boolean): void {
  // RFC 6750 section 3: without details about what was wrong with the token.
  res.setHeader("www-authenticate", "Bearer");
  if (!isBodyRead) res.setHeader("connection", "close");
  sendProblem(res, "unauthorized", {
    detail: "Send a valid API key as Authorization: Bearer cw_live_…",
  });
}

/** How the credentials that count for a purpose are found. */
type FindByKind = Record<TokenKind, (hash: Buffer) => Promise<FoundCredential | FoundAccessLink | null>>;

const nothing = async () => null;

/** The credential in a header, by what it is for; or why there is none. */
async function identify(
  find: FindByKind,
  header: string | undefined,
  nowMs: number,
): Promise<FoundCredential | FoundAccessLink | Refusal> {
  if (header === undefined) return "missing";
  const token = tokenOfHeader(header);
  if (token === null) return "malformed";
  const found = await find[token.kind](token.hash);
  if (found === null) return "unknown";
  return found.expiresAt !== null && found.expiresAt <= nowMs ? "expired" : found;
}

/** Builds the {@link Authenticator}; it keeps at most 10,000 keys and sessions each in memory, for less than a second. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { sql, clock } = options;
  const apiKeys = createRecentCredentials(clock, (hash) => findApiKey(sql, hash));
  const sessions = createRecentCredentials(clock, (hash) => findSession(sql, hash));
  const lastUsed = createLastUsed(options);
  const failures = options.metrics?.counter({
    name: "carewire_auth_failures_total",
    help: "Requests refused for want of a valid API key or session, by reason.",
    labelNames: ["reason"],
  });
  const calling: FindByKind = { api_key: apiKeys.find, session: sessions.find, access_link: nothing };
  const signIn: FindByKind = {
    api_key: apiKeys.find,
    session: nothing,
    access_link: (hash) => findAccessLink(sql, hash),
  };

  const middleware =
    (find: FindByKind): RequestHandler =>
    async (req, res, next) => {
      const found = await identify(find, req.headers.authorization, clock.now());
      if (typeof found === "string") {
        failures?.inc({ reason: found });
        refuse(res, req.complete);
        return;
      }
      lastUsed.touch(found.principal);
      setPrincipal(res, found.principal);
      if ("link" in found) setAccessLink(res, found.link);
      next();
    };

  return {
    authenticate: middleware(calling),
    authenticateSignIn: middleware(signIn),
    forgetSession(authorization) {
      const token = tokenOfHeader(authorization);
      if (token?.kind === "session") sessions.forget(token.hash);
    },
  };
}
