import { runWorker } from "@carewire/service-kit";
import { readWorkerEnv } from "./env.ts";
import { consumersMax, startConsumers } from "./start-consumers.ts";

const env = readWorkerEnv();
const validDays = env.ESTABLISHMENT_VALID_DAYS;
const expiryIntervalMs = env.EXPIRY_INTERVAL_SECONDS * 1_000;

await runWorker({
  name: "ingress-emr-worker",
  env,
  concurrency: 4,
  consumersMax,
  startConsumers: (shared) => startConsumers(shared, { validDays, expiryIntervalMs }),
});
