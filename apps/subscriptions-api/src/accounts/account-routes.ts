import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { Cursors } from "@carewire/service-kit";
import { createCreateAccount } from "./create-account.ts";
import { createGetAccount } from "./get-account.ts";
import { createListAccounts } from "./list-accounts.ts";

/** The handlers of the contract's `accounts`. */
export const createAccountRoutes = (deps: { sql: Sql; clock: Clock; cursors: Cursors }) => ({
  create: createCreateAccount(deps),
  list: createListAccounts(deps),
  get: createGetAccount(deps),
});
