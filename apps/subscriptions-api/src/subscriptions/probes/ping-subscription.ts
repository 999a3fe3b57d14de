import { apiContract } from "@carewire/contracts";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { answerProbe } from "./answer-probe.ts";
import { pingMessage } from "./probe-message.ts";
import { type ProbeDeps, sendProbe } from "./send-probe.ts";

/** `POST /v1/subscriptions/:id/ping` */
export function createPingSubscription(deps: ProbeDeps) {
  return initServer().route(apiContract.subscriptions.ping, async ({ params, res }) => {
    const answer = await sendProbe(deps, {
      principal: principalOf(res),
      given: params.id,
      action: "subscription.pinged",
      findMessage: async (_tx, { id }) => ({ ok: true, message: pingMessage(id) }),
    });
    return answerProbe(res, answer);
  });
}
