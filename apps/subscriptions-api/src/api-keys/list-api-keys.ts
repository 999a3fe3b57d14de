import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { beyondId, type Cursors, invalidCursor, principalOf, readPage } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type ApiKeyRow, presentApiKey, visibleApiKeys } from "./api-key-row.ts";

/** `GET /v1/api-keys` */
export function createListApiKeys({ sql, cursors }: { sql: Sql; cursors: Cursors }) {
  return initServer().route(apiContract.apiKeys.list, async ({ query, res }) => {
    const principal = principalOf(res);
    const { organizationId } = principal;
    const outcome = await readPage({
      cursors,
      scope: { organizationId, list: "api_keys", filters: {} },
      query,
      read: ({ limit, position }) =>
        withTenant(sql, organizationId, async (tx) => {
          const { condition, order } = beyondId(tx, "k.id", position);
          return tx<ApiKeyRow[]>`
            select k.* from api_keys k where ${visibleApiKeys(tx, principal)} and ${condition}
            order by ${order} limit ${limit}`;
        }),
      idsOf: (row) => [row.id],
    });
    if (outcome.outcome === "invalid_cursor") return invalidCursor(res);
    const { rows, ...links } = outcome.page;
    return { status: 200, body: { data: rows.map(presentApiKey), ...links } };
  });
}
