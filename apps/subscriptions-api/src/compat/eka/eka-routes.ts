import type { RegisterDeps } from "../../subscriptions/register-subscription.ts";
import { createListEkaWebhooks } from "./list-webhooks.ts";
import { createRegisterEkaWebhook } from "./register-webhook.ts";
import { createRemoveEkaWebhook } from "./remove-webhook.ts";
import { createUpdateEkaWebhook } from "./update-webhook.ts";

/** The handlers of the contract's `eka`. */
export const createEkaRoutes = (deps: RegisterDeps) => ({
  register: createRegisterEkaWebhook(deps),
  list: createListEkaWebhooks(deps),
  update: createUpdateEkaWebhook(deps),
  remove: createRemoveEkaWebhook(deps),
});
