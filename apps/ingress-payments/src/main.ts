import { bindProvider, runIngress } from "@carewire/service-kit/ingress";
import { readIngressEnv } from "./env.ts";
import { providersOn } from "./mobile-money/settings.ts";
import { mtnMomoProvider } from "./providers/mtn-momo/provider.ts";
import { orangeMoneyProvider } from "./providers/orange-money/provider.ts";
import { createStripeProvider } from "./providers/stripe/provider.ts";
import { mountPayments } from "./registration/mount-payments.ts";

const env = readIngressEnv();
const mode = env.STRIPE_MODE ?? (env.CAREWIRE_ENV === "production" ? "live" : "any");
const callbackSecrets = env.MOBILE_MONEY_CALLBACK_SECRET;
const callbackOrigin = env.MOBILE_MONEY_CALLBACK_URL;

await runIngress({
  family: "payments",
  env,
  providers: [
    bindProvider(createStripeProvider({ mode }), env.STRIPE_WEBHOOK_SECRET),
    bindProvider(orangeMoneyProvider, callbackSecrets),
    bindProvider(mtnMomoProvider, callbackSecrets),
  ],
  mountRoutes: mountPayments({ callbackSecrets, callbackOrigin, providersOn: providersOn(env) }),
});
