import { Stripe } from "stripe";
import { expect, test } from "vitest";
import { signStripeRequest } from "./sign-stripe-request.ts";

test("the request is accepted by Stripe's own verifier", async () => {
  const secret = "whsec_testkit";
  const event = { id: "evt_1", object: "event", type: "invoice.payment_failed" };
  const { headers, body } = await signStripeRequest(event, { secret, nowMs: Date.now() });
  const verified = Stripe.webhooks.constructEvent(body, headers["stripe-signature"] ?? "", secret);
  expect(verified.id).toBe("evt_1");
});
