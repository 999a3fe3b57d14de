import { runWorker } from "@carewire/service-kit";
import { readWorkerEnv } from "./env.ts";
import { startConsumers } from "./start-consumers.ts";

await runWorker({
  name: "ingress-workforce-worker",
  env: readWorkerEnv(),
  concurrency: 4,
  consumersMax: 1,
  startConsumers,
});
