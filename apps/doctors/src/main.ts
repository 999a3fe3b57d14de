import { runWorker } from "@carewire/service-kit";
import { readDoctorsEnv } from "./env.ts";
import { startConsumers } from "./start-consumers.ts";

await runWorker({
  name: "doctors",
  env: readDoctorsEnv(),
  concurrency: 5,
  consumersMax: 2,
  startConsumers,
});
