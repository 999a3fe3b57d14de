import type { Cursors } from "@carewire/service-kit";
import { type CreateApiKeyDeps, createCreateApiKey } from "./create-api-key.ts";
import { createGetApiKey } from "./get-api-key.ts";
import { createListApiKeys } from "./list-api-keys.ts";
import { createRevokeApiKey } from "./revoke-api-key.ts";

/** The handlers of the contract's `apiKeys`. */
export const createApiKeyRoutes = (deps: CreateApiKeyDeps & { cursors: Cursors }) => ({
  create: createCreateApiKey(deps),
  list: createListApiKeys(deps),
  get: createGetApiKey(deps),
  revoke: createRevokeApiKey(deps),
});
