import { eventTypePattern } from "@carewire/envelope";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { publicIdSchema } from "./public-id.ts";
import { requiredText, storableText, timestampOutput } from "./text.ts";

/** Event patterns on one subscription. */
export const eventPatternsMax = 100;
/** Entries in a subscription's metadata. */
export const metadataEntriesMax = 50;

/** One or two words and a star: as deep as routing looks. */
const prefixPattern = /^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)?\.\*$/;

const isEventPattern = (text: string): boolean =>
  text === "*" || prefixPattern.test(text) || eventTypePattern.test(text);

const eventPatternSchema = z
  .string()
  .max(128)
  .refine(isEventPattern, "must be an event type, a prefix such as order.*, or *")
  .refine((pattern) => !pattern.startsWith("cari."), "cari.* names are internal and cannot be subscribed to")
  .meta({ examples: ["order.paid", "order.*", "*"] });

/** One pattern or several; none at all means every event type. Stored without repeats. */
const eventsInputSchema = z
  .union([eventPatternSchema, z.array(eventPatternSchema).max(eventPatternsMax)])
  .transform((events) => {
    const patterns = [...new Set([events].flat())];
    return patterns.length === 0 ? ["*"] : patterns;
  });

const secretPrefix = "whsec_";
const secretBytesMin = 24;
const secretBytesMax = 64;

/** Standard Webhooks, "Secret": `whsec_` and 24 to 64 bytes in padded base64. */
function isSigningSecret(text: string): boolean {
  if (!text.startsWith(secretPrefix)) return false;
  const encoded = text.slice(secretPrefix.length);
  const bytes = Uint8Array.from(Buffer.from(encoded, "base64"));
  const isCanonical = Buffer.from(bytes).toString("base64") === encoded;
  return isCanonical && bytes.byteLength >= secretBytesMin && bytes.byteLength <= secretBytesMax;
}

const metadataSchema = z
  .record(
    storableText(64).refine((key) => key !== "__proto__", "is not an allowed name"),
    z.union([storableText(1_024), z.number(), z.boolean(), z.null()]),
  )
  .refine((metadata) => Object.keys(metadata).length <= metadataEntriesMax, {
    message: `must not have more than ${metadataEntriesMax} entries`,
  });

const changeable = {
  name: requiredText(128).meta({ examples: ["EMR Sync"] }),
  url: z.string().min(1).max(2_048).meta({ description: "Where deliveries are sent; public https only." }),
  description: storableText(1_024).nullable(),
  active: z.boolean().meta({ description: "When false, deliveries are held until it is true again." }),
  retry_policy: z.enum(["exponential", "none"]),
  max_retries: z.int().min(0).max(20),
  payload_format: z.enum(["envelope"]),
  signature_scheme: z.enum(["standard-webhooks"]),
  success_codes: z.enum(["2xx", "200"]),
};

/** The body of `POST /v1/subscriptions`. */
export const createSubscriptionSchema = z
  .strictObject({
    ...changeable,
    events: eventsInputSchema.default(["*"]),
    description: changeable.description.default(null),
    active: changeable.active.default(true),
    retry_policy: changeable.retry_policy.default("exponential"),
    max_retries: changeable.max_retries.default(7),
    payload_format: changeable.payload_format.default("envelope"),
    signature_scheme: changeable.signature_scheme.default("standard-webhooks"),
    success_codes: changeable.success_codes.default("2xx"),
    metadata: metadataSchema.default({}),
    secret: z
      .string()
      .max(128)
      .refine(isSigningSecret, "must be whsec_ followed by 24 to 64 bytes in base64")
      .optional()
      .meta({ description: "Signing secret; made by the server when absent." }),
    account_id: z.string().max(64).optional().meta({ description: "Deliver only this account's events." }),
  })
  .meta({ id: "CreateSubscription" });

export type CreateSubscription = z.output<typeof createSubscriptionSchema>;

/** The body of `PATCH /v1/subscriptions/:id`: any of the changeable fields; the others keep their values. */
export const updateSubscriptionSchema = z
  .strictObject({ ...changeable, events: eventsInputSchema, metadata: metadataSchema })
  .partial()
  .meta({ id: "UpdateSubscription" });

export type UpdateSubscription = z.output<typeof updateSubscriptionSchema>;

const subscriptionShape = {
  id: publicIdSchema("sub"),
  account_id: publicIdSchema("acc").nullable(),
  name: z.string(),
  description: z.string().nullable(),
  url: z.string(),
  events: z.array(z.string()),
  active: z.boolean(),
  disabled_reason: z.string().nullable().meta({ description: "Why it was switched off by the platform." }),
  retry_policy: z.enum(["exponential", "none"]),
  max_retries: z.int(),
  payload_format: z.string(),
  signature_scheme: z.string(),
  success_codes: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  version: z.int().meta({ description: "Grows by one with every change." }),
  created_by: z.string(),
  created_at: timestampOutput,
  updated_at: timestampOutput,
};

export const subscriptionSchema = z.object(subscriptionShape).meta({ id: "Subscription" });

export type Subscription = z.infer<typeof subscriptionSchema>;

/** A subscription just created: the only time its secret is shown unasked. */
export const createdSubscriptionSchema = z
  .object({ ...subscriptionShape, secret: z.string() })
  .meta({ id: "CreatedSubscription" });

export const subscriptionSecretSchema = z.object({ secret: z.string() }).meta({ id: "SubscriptionSecret" });

export const listSubscriptionsQuerySchema = z.object(listQueryShape);

export const subscriptionListSchema = listOf(subscriptionSchema);
