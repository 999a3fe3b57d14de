import { bindProvider, runIngress } from "@carewire/service-kit/ingress";
import { readIngressEnv } from "./env.ts";
import { createWhatsAppProvider } from "./providers/whatsapp/provider.ts";

const env = readIngressEnv();
const whatsapp = createWhatsAppProvider({
  verifyTokens: env.WHATSAPP_VERIFY_TOKEN,
  phoneNumberIds: env.WHATSAPP_PHONE_NUMBER_IDS,
});

await runIngress({
  family: "messaging",
  env,
  providers: [bindProvider(whatsapp, env.WHATSAPP_APP_SECRET)],
});
