import { apiContract } from "@carewire/contracts";
import { type LineageQuestion, readLineage, type Sql, withTenant } from "@carewire/db";
import {
  hasScope,
  type Principal,
  parseLineageId,
  presentLineage,
  principalOf,
  problemResult,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { seesInternal } from "../events/event-row.ts";
import { findEvent } from "../events/find-event.ts";

/** What was asked for; an event also by its publisher's id, whatever that looks like. */
async function identify(
  tx: postgres.TransactionSql,
  principal: Principal,
  given: string,
): Promise<LineageQuestion | null> {
  const event = await findEvent(tx, principal, given);
  return event === null ? parseLineageId(given) : { kind: "event", id: event.id };
}

/** `GET /v1/lineage/:id` */
export function createGetLineage({ sql }: { sql: Sql }) {
  return initServer().route(apiContract.lineage.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const { organizationId, accountId } = principal;
    const rows = await withTenant(sql, organizationId, async (tx) => {
      const asked = await identify(tx, principal, params.id);
      return asked && readLineage(tx, asked, organizationId);
    });
    const sight = {
      accountId,
      internalEvents: seesInternal(principal),
      deadLetters: hasScope(principal, "dlq:admin"),
    };
    const chain = rows && presentLineage(rows, sight);
    if (chain === null) {
      return problemResult(res, "not_found", {
        detail:
          "There is nothing with this id that you may know of; ask for an inr_, evt_, dlv_, att_ or dlq_ id.",
      });
    }
    return { status: 200, body: chain };
  });
}
