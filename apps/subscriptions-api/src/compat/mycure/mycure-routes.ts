import { apiContract } from "@carewire/contracts";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { ProbeDeps } from "../../subscriptions/probes/send-probe.ts";
import type { RegisterDeps } from "../../subscriptions/register-subscription.ts";
import { createMycureWebhook } from "./create-webhook.ts";
import { pingMycureWebhook } from "./ping-webhook.ts";

/** The handlers of the contract's `mycure`: one path that creates and pings. */
export const createMycureRoutes = (deps: RegisterDeps & ProbeDeps) => ({
  webhookEvents: initServer().route(apiContract.mycure.webhookEvents, ({ body, res }) => {
    const principal = principalOf(res);
    return body.webhook === undefined
      ? createMycureWebhook(deps, principal, body)
      : pingMycureWebhook(deps, res, principal, body.webhook);
  }),
});
