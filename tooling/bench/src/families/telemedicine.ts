import { parseLiveKitSecret, signLiveKit, verifyLiveKit } from "@carewire/verifiers";
import type { BenchFamily } from "./family.ts";
import { createOneEventProvider } from "./one-event-provider.ts";
import { filledJson, nowSeconds, rawRequests } from "./raw-requests.ts";

const path = "/api/webhooks/livekit";
const [apiKey, apiSecret] = ["APIbench", "bench-secret-0123456789abcdef012"];

export const telemedicine: BenchFamily = {
  app: "ingress-telemedicine",
  sender: "LiveKit",
  env: { LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret },
  provider: createOneEventProvider({
    provider: "livekit",
    path,
    contentTypes: ["application/webhook+json", "application/json"],
    bodyBytesMax: 1_048_576,
    keptHeaders: [],
    secret: `${apiKey}:${apiSecret}`,
    parseSecret: parseLiveKitSecret,
    verify: verifyLiveKit,
    keyOf: (body) => String(body.id),
  }),
  createRequests(count) {
    const parsed = parseLiveKitSecret(`${apiKey}:${apiSecret}`);
    if (!parsed.ok) throw new Error(parsed.detail);
    const seconds = nowSeconds();
    return rawRequests(path, count, (id) => {
      const body = filledJson((metadata) => ({
        event: "participant_joined",
        id: `EV_${id}`,
        createdAt: String(seconds),
        room: { sid: `RM_${id}`, name: "bench", metadata },
        participant: { sid: `PA_${id}`, identity: "dr_bench" },
      }));
      const authorization = signLiveKit(parsed.key, seconds, body);
      return { headers: { "content-type": "application/webhook+json", authorization }, body };
    });
  },
};
