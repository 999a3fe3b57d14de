import { runWorker } from "@carewire/service-kit";
import { readWorkerEnv } from "./env.ts";
import { startConsumers } from "./start-consumers.ts";

await runWorker({
  name: "ingress-messaging-worker",
  env: readWorkerEnv(),
  concurrency: 4,
  consumersMax: 2,
  startConsumers,
});
