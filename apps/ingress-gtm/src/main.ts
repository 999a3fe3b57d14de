import { bindProvider, runIngress } from "@carewire/service-kit/ingress";
import { readIngressEnv } from "./env.ts";
import { leadsProvider } from "./providers/leads/provider.ts";
import { resendProvider } from "./providers/resend/provider.ts";

const env = readIngressEnv();

await runIngress({
  family: "gtm",
  env,
  providers: [
    bindProvider(resendProvider, env.RESEND_WEBHOOK_SECRET),
    bindProvider(leadsProvider, env.GTM_INBOUND_SECRET),
  ],
});
