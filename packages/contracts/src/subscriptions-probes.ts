import { z } from "zod";
import { publicIdSchema } from "./public-id.ts";
import { requiredText } from "./text.ts";

/** Pings and tests of one subscription in a row; afterwards one more every `60 / probesPerMinute` seconds. */
export const probesPerMinute = 10;

/** The event type of `POST /v1/subscriptions/:id/ping`. */
export const pingEventType = "webhook.ping";

/** The body of `POST /v1/subscriptions/:id/test`. */
export const testSubscriptionSchema = z
  .strictObject({
    type: requiredText(128).meta({
      description: "An event type of the catalog; its example is sent.",
      examples: ["order.paid"],
    }),
  })
  .meta({ id: "TestSubscription" });

/** What became of a ping or a test. */
export const probeResultSchema = z
  .object({
    delivery_id: publicIdSchema("dlv"),
    delivered: z.boolean(),
    attempt: z.object({
      outcome: z.string(),
      response_code: z.int().nullable(),
      response_body: z.string().nullable().meta({ description: "Its first 4 KiB." }),
      response_headers: z.record(z.string(), z.string()).nullable(),
      duration_ms: z.int().nullable(),
      error: z.string().nullable(),
      reason: z.string(),
      request_headers: z.record(z.string(), z.string()).nullable(),
    }),
  })
  .meta({ id: "ProbeResult" });
