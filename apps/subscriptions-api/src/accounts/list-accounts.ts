import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { beyondId, type Cursors, invalidCursor, principalOf, readPage } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type AccountRow, presentAccount, visibleAccounts } from "./account-row.ts";

/** `GET /v1/accounts` */
export function createListAccounts({ sql, cursors }: { sql: Sql; cursors: Cursors }) {
  return initServer().route(apiContract.accounts.list, async ({ query, res }) => {
    const principal = principalOf(res);
    const { organizationId } = principal;
    const outcome = await readPage({
      cursors,
      scope: { organizationId, list: "accounts", filters: {} },
      query,
      read: ({ limit, position }) =>
        withTenant(sql, organizationId, async (tx) => {
          const { condition, order } = beyondId(tx, "a.id", position);
          return tx<AccountRow[]>`
            select a.* from accounts a where ${visibleAccounts(tx, principal)} and ${condition}
            order by ${order} limit ${limit}`;
        }),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentAccount), ...links } };
  });
}
