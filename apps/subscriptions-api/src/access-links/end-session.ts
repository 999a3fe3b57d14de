import { apiContract } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, publicId } from "@carewire/envelope";
import { type Authenticator, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";

export interface EndSessionDeps {
  sql: Sql;
  clock: Clock;
  forgetSession: Authenticator["forgetSession"];
}

/** `DELETE /v1/session` */
export function createEndSession({ sql, clock, forgetSession }: EndSessionDeps) {
  return initServer().route(apiContract.sessions.end, async ({ req, res }) => {
    const principal = principalOf(res);
    const { organizationId, session } = principal;
    if (session === undefined) {
      const detail = "An API key called, not a session; a key is revoked by DELETE /v1/api-keys/:id.";
      return problemResult(res, "conflict", { detail });
    }
    const now = new Date(clock.now());
    await withTenant(sql, organizationId, async (tx) => {
      const ended =
        await tx`update sessions set ended_at = ${now} where id = ${session.id} and ended_at is null`;
      if (ended.count === 0) return;
      const target = publicId("ses", session.id);
      const entry = { organizationId, actor: actorOf(principal), action: "session.ended", target };
      await appendAudit(tx, { ...entry, detail: {}, now });
    });
    forgetSession(req.headers.authorization);
    return { status: 204, body: undefined };
  });
}
