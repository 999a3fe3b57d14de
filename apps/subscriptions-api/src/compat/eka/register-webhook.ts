import {
  apiContract,
  createSubscriptionSchema,
  type EkaRegister,
  ekaEventNamesOf,
} from "@carewire/contracts";
import { publicId } from "@carewire/envelope";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type RegisterDeps, registerSubscription } from "../../subscriptions/register-subscription.ts";
import { ekaOrigin } from "./check-endpoint.ts";
import { ekaRefusal } from "./eka-problem.ts";

/** The subscription that a registration asks for: thin, and signed in Eka's way when there is a key to sign with. */
const subscriptionOf = (body: EkaRegister) =>
  createSubscriptionSchema.parse({
    name: "Eka webhook",
    url: body.endpoint,
    events: ekaEventNamesOf(body),
    payload_format: "thin",
    signature_scheme: body.signing_key === undefined ? "none" : "eka",
    secret: body.signing_key,
  });

/** `POST /notification/v1/connect/webhook/subscriptions` */
export function createRegisterEkaWebhook(deps: RegisterDeps) {
  return initServer().route(apiContract.eka.register, async ({ body, res }) => {
    const principal = principalOf(res);
    const made = await registerSubscription(deps, principal, subscriptionOf(body), ekaOrigin(principal));
    switch (made.outcome) {
      case "created":
        return { status: 201, body: { id: publicId("sub", made.row.id), status: "success" as const } };
      case "refused":
        return ekaRefusal(made.details);
    }
  });
}
