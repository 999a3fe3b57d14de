import { ekaWebhooksMax } from "@carewire/contracts";
import type { Principal } from "@carewire/service-kit";
import type { Origin } from "../../subscriptions/register-subscription.ts";
import { alreadyRegistered } from "./eka-problem.ts";

const refused = (detail: string) => ({
  outcome: "refused" as const,
  code: "validation_failed" as const,
  details: { detail },
});

/** Eka's own rules: an endpoint is registered once, and a list without pages has an end. */
export const ekaOrigin = ({ organizationId }: Principal): Origin => ({
  compatibility: "eka",
  async check(tx, { accountId, url }) {
    await tx`select pg_advisory_xact_lock(hashtextextended('eka:' || ${organizationId}::text, 0))`;
    const [found] = await tx<{ webhooks: number; same: number }[]>`
      select count(*)::int as webhooks,
        (count(*) filter (where url = ${url} and account_id is not distinct from ${accountId}::uuid))::int as same
      from subscriptions where organization_id = ${organizationId} and compatibility = 'eka'`;
    if (found !== undefined && found.same > 0) return refused(alreadyRegistered);
    if (found !== undefined && found.webhooks >= ekaWebhooksMax) {
      return refused(`there are ${ekaWebhooksMax} webhooks already; delete one first`);
    }
    return null;
  },
});
