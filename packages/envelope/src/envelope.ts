import { z } from "zod";

/** Topics are internal names: `cari.<domain>.<past_tense>`; they never leave the platform. */
export const topicPattern = /^cari\.[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

/** Public event types: dot-separated words, `<domain>.<past_tense>` (`order.paid`, `medical-encounters.created`). */
export const eventTypePattern = /^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+$/;

/** An event as it travels inside the platform (seed 1, "Event Envelope Format"). */
export const envelopeSchema = z.object({
  id: z.uuid(),
  topic: z.string().max(128).regex(topicPattern, "must look like cari.<domain>.<past_tense>"),
  timestamp: z.iso.datetime({ offset: true }),
  source_service: z.string().min(1).max(64),
  payload: z.record(z.string(), z.unknown()),
});

export type Envelope = z.infer<typeof envelopeSchema>;
