import { apiContract } from "@carewire/contracts";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type RemoveDeps, removeSubscription } from "../../subscriptions/remove-subscription.ts";
import { findCompatible } from "../find-compatible.ts";
import { noEkaWebhook } from "./eka-problem.ts";

/** `DELETE /notification/v1/connect/webhook/subscriptions/:id` */
export function createRemoveEkaWebhook(deps: RemoveDeps) {
  return initServer().route(apiContract.eka.remove, async ({ params, res }) => {
    const principal = principalOf(res);
    const row = await findCompatible(deps.sql, principal, params.id, "eka");
    if (row === null || !(await removeSubscription(deps, principal, params.id))) return noEkaWebhook;
    return { status: 200, body: { status: "webhook deleted successfully", msg: "success" } };
  });
}
