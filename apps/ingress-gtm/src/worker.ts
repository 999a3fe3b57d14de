import { runWorker } from "@carewire/service-kit";
import { readWorkerEnv } from "./env.ts";
import { consumersMax, startConsumers } from "./start-consumers.ts";

const env = readWorkerEnv();
const spamRules = { honeypots: env.GTM_HONEYPOT_FIELDS, fillTimeMinMs: env.GTM_FILL_TIME_MIN_MS };

await runWorker({
  name: "ingress-gtm-worker",
  env,
  concurrency: 4,
  consumersMax,
  startConsumers: (shared) => startConsumers(shared, spamRules),
});
