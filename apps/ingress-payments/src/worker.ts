import { createEgressGuard, createHttpClient, egressPolicyOf, runWorker } from "@carewire/service-kit";
import { readWorkerEnv } from "./env.ts";
import { mtnMomoOf, orangeMoneyOf } from "./mobile-money/settings.ts";
import { createLookMetrics } from "./mobile-money/start-poller.ts";
import { startConsumers } from "./start-consumers.ts";
import { startPollers } from "./start-pollers.ts";

const env = readWorkerEnv();
const { CAREWIRE_ORGANIZATION_ID: organizationId } = env;
const guard = createEgressGuard({ policy: egressPolicyOf(env), proxy: env.EGRESS_PROXY_URL });
const providers = {
  http: createHttpClient({ guard }),
  orangeMoney: orangeMoneyOf(env),
  mtnMomo: mtnMomoOf(env),
};

await runWorker({
  name: "ingress-payments-worker",
  env,
  concurrency: 4,
  // Four consumers, and as many connections again for the two that poll.
  consumersMax: 6,
  startConsumers: (shared, metrics) => [
    ...startConsumers(shared),
    // Without an organization no provider is on.
    ...(organizationId
      ? startPollers(shared, { ...providers, organizationId, observe: createLookMetrics(metrics) })
      : []),
  ],
});
