import type { ConsumerHandler } from "@carewire/bus";
import { type Clock, eventTypes, newId, topics } from "@carewire/envelope";
import { z } from "zod";
import { sourceService } from "../source-service.ts";

/** The topics told as they are; those of other domains are told by the handlers that keep their state. */
export const toldTopics: readonly string[] = [...topics.values()]
  .filter(({ topic, publicType }) => publicType !== undefined && /^cari\.(clinical|scheduling)\./.test(topic))
  .map(({ topic }) => topic);

/** Tells subscribers what a topic says, under its public type and with the same payload, byte for byte. */
export function createTellSubscribers({ clock }: { clock: Clock }): ConsumerHandler<Record<string, unknown>> {
  return async (_tx, { topic, timestamp, payload }, { organizationId, payloadBytes, publish }) => {
    const type = topics.get(topic)?.publicType;
    if (type === undefined) throw new Error(`the topic ${topic} has no public type`);
    await publish([
      {
        id: newId(clock.now()),
        organizationId,
        type,
        subject: subjectOf(type, payload),
        sourceService,
        occurredAt: new Date(timestamp),
        body: payloadBytes,
      },
    ]);
  };
}

/** The id that the type's schema names first: what the event is about. */
function subjectOf(type: string, payload: Record<string, unknown>): string | null {
  const schema = eventTypes.get(type)?.schema;
  const [field] = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const subject = field === undefined ? null : payload[field];
  return typeof subject === "string" ? subject : null;
}
