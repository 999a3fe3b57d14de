import type { InboundProvider } from "@carewire/service-kit/ingress";
import { type LiveKitKey, parseLiveKitSecret, verifyLiveKit } from "@carewire/verifiers";
import { recordedTopic } from "./livekit-topics.ts";
import { toEnvelopes } from "./to-envelopes.ts";

/** LiveKit's webhook endpoint. */
export const livekitProvider: InboundProvider<LiveKitKey> = {
  provider: "livekit",
  path: "/api/webhooks/livekit",
  methods: ["post"],
  // The first is what LiveKit sends, so that no JSON parser takes the body before it is verified.
  contentTypes: ["application/webhook+json", "application/json"],
  bodyBytesMax: 1024 * 1024,
  // Tokens live for five minutes and LiveKit retries for less.
  // Longer than a room may be quiet until it ends: what named its customer is found by the key.
  keyTtlDays: 3,
  keptHeaders: [],
  fallbackTopic: recordedTopic,
  parseSecret: parseLiveKitSecret,
  verify: verifyLiveKit,
  toEnvelopes,
};
