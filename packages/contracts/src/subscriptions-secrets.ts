import { z } from "zod";
import { givenSecretSchema } from "./subscriptions-credentials.ts";
import { timestampOutput } from "./text.ts";

/** How long a replaced secret signs along when the caller does not say, seconds. */
export const overlapSecondsDefault = 24 * 3_600;
/** How long a replaced secret may sign along, seconds. */
export const overlapSecondsMax = 7 * 24 * 3_600;

export const subscriptionSecretSchema = z.object({ secret: z.string() }).meta({ id: "SubscriptionSecret" });

/** The body of `POST /v1/subscriptions/:id/rotate-secret`; none at all makes a secret and lets the others sign along. */
export const rotateSecretSchema = z
  .strictObject({
    secret: givenSecretSchema.optional(),
    overlap_seconds: z
      .int()
      .min(0)
      .max(overlapSecondsMax)
      .default(overlapSecondsDefault)
      .meta({ description: "How long the secrets before it sign along; 0 stops them at once." }),
  })
  .meta({ id: "RotateSecret" })
  .prefault({});

export const rotatedSecretSchema = z
  .object({
    secret: z.string(),
    public_key: z.string().nullable().meta({ description: "`whpk_…` of an ed25519 secret." }),
    previous_expires_at: timestampOutput.meta({
      description: "Until when the secret before it signs along.",
    }),
  })
  .meta({ id: "RotatedSecret" });
