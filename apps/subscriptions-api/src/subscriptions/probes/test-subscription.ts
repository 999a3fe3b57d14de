import { apiContract } from "@carewire/contracts";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { answerProbe } from "./answer-probe.ts";
import { findExample } from "./probe-message.ts";
import { type ProbeDeps, sendProbe } from "./send-probe.ts";

/** `POST /v1/subscriptions/:id/test` */
export function createTestSubscription(deps: ProbeDeps) {
  return initServer().route(apiContract.subscriptions.test, async ({ params, body, res }) => {
    const answer = await sendProbe(deps, {
      principal: principalOf(res),
      given: params.id,
      action: "subscription.tested",
      findMessage: (tx, { organization_id: organizationId }) => findExample(tx, organizationId, body.type),
    });
    return answerProbe(res, answer);
  });
}
