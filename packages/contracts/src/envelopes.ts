import { topicPattern } from "@carewire/envelope";
import { z } from "zod";
import { timestampInput } from "./text.ts";

/** The body of `POST /v1/envelopes`. The payload's form is the consumer's business, so anything is taken. */
export const publishEnvelopeSchema = z
  .strictObject({
    id: z
      .uuid()
      .toLowerCase()
      .optional()
      .meta({ description: "The same id again changes nothing, for 30 days." }),
    topic: z
      .string()
      .max(128)
      .regex(topicPattern, "must look like cari.<domain>.<past_tense>")
      .meta({ examples: ["cari.auth.user_created"] }),
    timestamp: timestampInput.optional().meta({ description: "When it happened; default: now." }),
    source_service: z.string().regex(/^[\x21-\x7e]{1,64}$/, "must be 1 to 64 printable ASCII characters"),
    payload: z.unknown().refine((value) => value !== undefined, "is required"),
  })
  .meta({ id: "PublishEnvelope" });

export type PublishEnvelope = z.infer<typeof publishEnvelopeSchema>;

export const publishedEnvelopeSchema = z.object({ id: z.uuid() });
