import { bindProvider, runIngress } from "@carewire/service-kit/ingress";
import { readIngressEnv } from "./env.ts";
import { livekitProvider } from "./providers/livekit/provider.ts";

const env = readIngressEnv();

await runIngress({
  family: "telemedicine",
  env,
  providers: [bindProvider(livekitProvider, env.livekitSecrets)],
});
