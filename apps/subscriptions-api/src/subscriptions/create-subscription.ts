import { apiContract } from "@carewire/contracts";
import { principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { ownOrigin, type RegisterDeps, registerSubscription } from "./register-subscription.ts";
import { presentSubscription } from "./subscription-row.ts";

/** `POST /v1/subscriptions`: the only answer that carries the secret unasked. */
export function createCreateSubscription(deps: RegisterDeps) {
  return initServer().route(apiContract.subscriptions.create, async ({ body, res }) => {
    const registration = await registerSubscription(deps, principalOf(res), body, ownOrigin);
    switch (registration.outcome) {
      case "created": {
        const { row, secret } = registration;
        return { status: 201, body: { ...presentSubscription(row), secret } };
      }
      case "refused":
        return problemResult(res, registration.code, registration.details);
    }
  });
}
