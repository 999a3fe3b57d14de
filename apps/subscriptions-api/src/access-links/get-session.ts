import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { describeCaller } from "./describe-caller.ts";

/** `GET /v1/session` */
export function createGetSession({ sql }: { sql: Sql }) {
  return initServer().route(apiContract.sessions.get, async ({ res }) => {
    const principal = principalOf(res);
    const caller = await withTenant(sql, principal.organizationId, (tx) => describeCaller(tx, principal));
    return { status: 200, body: caller };
  });
}
