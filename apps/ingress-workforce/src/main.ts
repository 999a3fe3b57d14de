import { bindProvider, runIngress } from "@carewire/service-kit/ingress";
import { readIngressEnv } from "./env.ts";
import { workforceProvider } from "./providers/workforce/provider.ts";

const env = readIngressEnv();

await runIngress({
  family: "workforce",
  env,
  providers: [bindProvider(workforceProvider, env.WORKFORCE_WEBHOOK_SECRET)],
});
