import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import { type AccountRow, presentAccount, visibleAccounts } from "./account-row.ts";

const noAccount = (res: Response) =>
  problemResult(res, "not_found", { detail: "There is no such account in this organization." });

/** `GET /v1/accounts/:id` */
export function createGetAccount({ sql }: { sql: Sql }) {
  return initServer().route(apiContract.accounts.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const id = parsePublicId("acc", params.id);
    if (id === null) return noAccount(res);
    const [row] = await withTenant(
      sql,
      principal.organizationId,
      (tx) => tx<AccountRow[]>`
        select a.* from accounts a where ${visibleAccounts(tx, principal)} and a.id = ${id}`,
    );
    return row === undefined ? noAccount(res) : { status: 200, body: presentAccount(row) };
  });
}
