import { appendAudit, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import { actorOf } from "../tenancy/actor.ts";

/** Puts on the audit chain that the caller is about to see what an endpoint answered: it may hold patient data. */
export async function auditResponseRead(
  { sql, clock }: { sql: Sql; clock: Clock },
  principal: Principal,
  target: string,
): Promise<void> {
  const { organizationId } = principal;
  await withTenant(sql, organizationId, (tx) =>
    appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "delivery.response_read",
      target,
      detail: {},
      now: new Date(clock.now()),
    }),
  );
}
