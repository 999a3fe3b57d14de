import { bindProvider, runIngress } from "@carewire/service-kit/ingress";
import { readIngressEnv } from "./env.ts";
import { emrProvider } from "./providers/emr/provider.ts";
import { createHl7v2Provider } from "./providers/hl7v2/provider.ts";

const env = readIngressEnv();
const processing = env.HL7_PROCESSING ?? (env.CAREWIRE_ENV === "production" ? "production" : "any");

await runIngress({
  family: "emr",
  env,
  providers: [
    bindProvider(emrProvider, env.EMR_WEBHOOK_SECRET),
    bindProvider(createHl7v2Provider({ processing }), env.EMR_WEBHOOK_SECRET),
  ],
});
