import { type Consumption, consume } from "@carewire/bus";
import { isAhead, type VideoCallCompletedPayload, videoCallCompletedPayload } from "@carewire/envelope";
import type { SharedConsumeOptions } from "@carewire/service-kit";
import { createEstablishRegion } from "./handlers/establish-region.ts";
import { createTellSubscribers, toldTopics } from "./handlers/tell-subscribers.ts";
import { startExpiryJob } from "./jobs/start-expiry-job.ts";

export interface EmrSettings {
  /** How long a call establishes a customer in a region. */
  validDays: number;
  expiryIntervalMs: number;
}

/** What `startConsumers` starts: consumers, and the expiry job beside them. */
export const consumersMax = 3;

const videoCalls = "cari.emr.video_call_completed";

/** Starts this family's consumers and its expiry job; each runs until its `stop`. */
export function startConsumers(
  shared: SharedConsumeOptions,
  { validDays, expiryIntervalMs }: EmrSettings,
): Consumption[] {
  const schema = videoCallCompletedPayload.refine(
    ({ completed_at }) => !isAhead(completed_at, shared.clock.now()),
    { path: ["completed_at"], message: "must not lie in the future" },
  );
  return [
    consume<VideoCallCompletedPayload>({
      ...shared,
      consumer: "ingress-emr.establish-region",
      topics: [videoCalls],
      schemas: new Map([[videoCalls, schema]]),
      handler: createEstablishRegion({ clock: shared.clock, validDays }),
    }),
    consume({
      ...shared,
      consumer: "ingress-emr.tell-subscribers",
      topics: [...toldTopics],
      handler: createTellSubscribers(shared),
    }),
    startExpiryJob({ ...shared, intervalMs: expiryIntervalMs }),
  ];
}
