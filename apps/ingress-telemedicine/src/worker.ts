import { systemClock } from "@carewire/envelope";
import { createEgressGuard, createHttpClient, egressPolicyOf, runWorker } from "@carewire/service-kit";
import { readWorkerEnv } from "./env.ts";
import { createListRooms } from "./reconcile/list-rooms.ts";
import { startReconciling } from "./reconcile/start-reconciling.ts";
import { startConsumers } from "./start-consumers.ts";

const env = readWorkerEnv();
const { LIVEKIT_URL: url, roomKey: key } = env;
const guard = createEgressGuard({ policy: egressPolicyOf(env), proxy: env.EGRESS_PROXY_URL });
const http = createHttpClient({ guard, bodyBytesMax: 4 * 1024 * 1024 });
const reconciling = {
  listRooms: url && key ? createListRooms({ http, clock: systemClock, url, key }) : null,
  organizationId: env.CAREWIRE_ORGANIZATION_ID ?? null,
  // LiveKit tries for about a minute to deliver an event.
  quietMs: 120_000,
  timeoutMs: env.LIVEKIT_ROOM_TIMEOUT_HOURS * 3_600_000,
  intervalMs: 60_000,
};

await runWorker({
  name: "ingress-telemedicine-worker",
  env,
  concurrency: 4,
  consumersMax: 3,
  startConsumers: (shared) => [...startConsumers(shared), startReconciling({ ...shared, ...reconciling })],
});
