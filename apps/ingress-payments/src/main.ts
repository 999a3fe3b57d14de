import { bindProvider, runIngress } from "@carewire/service-kit/ingress";
import { readIngressEnv } from "./env.ts";
import { createStripeProvider } from "./providers/stripe/provider.ts";

const env = readIngressEnv();
const mode = env.STRIPE_MODE ?? (env.CAREWIRE_ENV === "production" ? "live" : "any");

await runIngress({
  family: "payments",
  env,
  providers: [bindProvider(createStripeProvider({ mode }), env.STRIPE_WEBHOOK_SECRET)],
});
