import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type ApiKeyRow, noApiKey, presentApiKey, visibleApiKeys } from "./api-key-row.ts";

/** `GET /v1/api-keys/:id` */
export function createGetApiKey({ sql }: { sql: Sql }) {
  return initServer().route(apiContract.apiKeys.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const id = parsePublicId("key", params.id);
    if (id === null) return noApiKey(res);
    const [row] = await withTenant(
      sql,
      principal.organizationId,
      (tx) => tx<ApiKeyRow[]>`
        select k.* from api_keys k where ${visibleApiKeys(tx, principal)} and k.id = ${id}`,
    );
    return row === undefined ? noApiKey(res) : { status: 200, body: presentApiKey(row) };
  });
}
