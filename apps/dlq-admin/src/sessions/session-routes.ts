import { type AdminSession, adminSessionContract } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { type Clock, publicId } from "@carewire/envelope";
import { hasScope, type Logger, problemResult, requestOriginOf, sendProblem } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { RequestHandler } from "express";
import { roleOf } from "../access/caller.ts";
import { findKey } from "./find-key.ts";
import type { Session, SessionRule } from "./session.ts";
import type { SignedIn } from "./signed-in.ts";

export interface SessionRouteDeps {
  sql: Sql;
  clock: Clock;
  signedIn: SignedIn;
  logger: Pick<Logger, "warn">;
  rule: SessionRule;
  /** How one signs in through OIDC; null when that is not set up. */
  oidc: { label: string; path: string } | null;
}

/** Express middleware: 403 when another site's page asks for a session, or for the end of one. */
export const refuseForeignSignIn: RequestHandler = (req, res, next) => {
  if (req.method === "GET" || requestOriginOf(req) !== "foreign") {
    next();
    return;
  }
  if (!req.complete) res.setHeader("connection", "close");
  sendProblem(res, "foreign_origin", { detail: "Sign in and out on the pages of dlq-admin itself." });
};

/** `GET, POST, DELETE /session` */
export function createSessionRoutes({ sql, clock, signedIn, logger, rule, oidc }: SessionRouteDeps) {
  const present = (session: Session | null): AdminSession => ({
    user: session && {
      actor: session.caller.actor,
      name: session.caller.name,
      role: session.caller.role,
      organization_id: publicId("org", session.caller.organizationId),
      all_organizations: hasScope(session.caller, "platform:admin"),
      expires_at: session.expiresAt.toISOString(),
      idle_seconds: rule.idleMinutesMax * 60,
    },
    sign_in: { oidc },
  });

  const server = initServer();
  return {
    get: server.route(adminSessionContract.get, async ({ req, res }) => {
      const session = await signedIn.find(req);
      if (session === null && signedIn.claims(req)) signedIn.forget(res);
      return { status: 200, body: present(session) };
    }),
    create: server.route(adminSessionContract.create, async ({ body, req, res }) => {
      const key = await findKey({ sql, clock }, body.api_key);
      if (key === null) {
        logger.warn({ reason: "unknown_key" }, "a sign-in was refused");
        return problemResult(res, "unauthorized", { detail: "There is no such API key, or it is over." });
      }
      if (key.account_id !== null || roleOf(key.scopes) === null) {
        logger.warn({ reason: "no_role", api_key_id: key.id }, "a sign-in was refused");
        return problemResult(res, "insufficient_scope", {
          detail:
            "This key makes no viewer, operator or admin: it needs dlq:read, dlq:write or dlq:admin, and must not be " +
            "bound to an account.",
        });
      }
      const { id: apiKeyId, organization_id: organizationId, name } = key;
      const session = await signedIn.start(req, res, { kind: "key", apiKeyId, organizationId, name });
      return { status: 200, body: present(session) };
    }),
    remove: server.route(adminSessionContract.remove, async ({ req, res }) => {
      await signedIn.end(req, res);
      return { status: 200, body: present(null) };
    }),
  };
}
