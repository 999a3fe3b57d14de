import { parseFilter } from "@carewire/envelope";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { publicIdSchema } from "./public-id.ts";
import {
  clientCertificateSchema,
  endpointAuthSchema,
  givenSecretSchema,
} from "./subscriptions-credentials.ts";
import { staticHeadersSchema } from "./subscriptions-headers.ts";
import { eventsInputSchema } from "./subscriptions-patterns.ts";
import { requiredText, storableText, timestampOutput } from "./text.ts";

/** Entries in a subscription's metadata. */
export const metadataEntriesMax = 50;

export const retryPolicies = ["exponential", "none"] as const;
export const payloadFormats = ["envelope", "event", "flat", "thin"] as const;
export const signatureSchemes = ["standard-webhooks", "svix", "eka", "none"] as const;
export const keyTypes = ["hmac", "ed25519"] as const;
export const successCodes = ["2xx", "200"] as const;
export const transports = ["http", "stream"] as const;
export const orderings = ["none", "fifo"] as const;
export const endpointAuthTypes = ["basic", "bearer", "oauth2"] as const;

export type SignatureScheme = (typeof signatureSchemes)[number];
export type KeyType = (typeof keyTypes)[number];

const metadataSchema = z
  .record(
    storableText(64).refine((key) => key !== "__proto__", "is not an allowed name"),
    z.union([storableText(1_024), z.number(), z.boolean(), z.null()], {
      error: "must be a text of 1024 characters at most, a number, true, false or null",
    }),
  )
  .refine((metadata) => Object.keys(metadata).length <= metadataEntriesMax, {
    message: `must not have more than ${metadataEntriesMax} entries`,
  });

/** Checked as a whole, with the path of everything that is wrong; docs/filters.md has the language. */
const filterSchema = z
  .record(z.string(), z.unknown())
  .superRefine((filter, context) => {
    const parsed = parseFilter(filter);
    for (const { path, message } of parsed.ok ? [] : parsed.errors) {
      context.addIssue({ code: "custom", path: path === "" ? [] : [path], message });
    }
  })
  .meta({ examples: [{ amount: { $gte: 100 }, "customer.region": "US-TX" }] });

const successCodesInput = z
  .union([z.enum(successCodes), z.literal(200).transform(() => "200" as const)], {
    error: `must be ${successCodes.join(" or ")}`,
  })
  .meta({ description: "200: exactly that status counts as delivered." });

const changeable = {
  name: requiredText(128).meta({ examples: ["EMR Sync"] }),
  url: z.string().min(1).max(2_048).meta({ description: "Where deliveries are sent; public https only." }),
  description: storableText(1_024).nullable(),
  active: z.boolean().meta({ description: "When false, deliveries are held until it is true again." }),
  retry_policy: z.enum(retryPolicies),
  max_retries: z.int().min(0).max(20),
  payload_format: z.enum(payloadFormats),
  signature_scheme: z.enum(signatureSchemes),
  key_type: z.enum(keyTypes).meta({ description: "ed25519 goes with standard-webhooks only." }),
  success_codes: successCodesInput,
  headers: staticHeadersSchema,
  sensitive_headers: staticHeadersSchema
    .nullable()
    .meta({ description: "Like `headers`, but their values are never shown again." }),
  filter: filterSchema.nullable().meta({ description: "Conditions on the payload; null: every event." }),
  rate_limit_per_second: z.int().min(1).max(10_000).nullable(),
  ordering: z.enum(orderings).meta({ description: "fifo: one in flight per subject, in order." }),
  endpoint_auth: endpointAuthSchema.nullable(),
  client_certificate: clientCertificateSchema.nullable(),
};

/** The body of `POST /v1/subscriptions`. */
export const createSubscriptionSchema = z
  .strictObject({
    ...changeable,
    url: changeable.url.optional(),
    transport: z.enum(transports).default("http").meta({
      description:
        "stream: no url; received over `/v1/subscriptions/:id/stream`. It stays what it is made as.",
    }),
    events: eventsInputSchema.default(["*"]),
    description: changeable.description.default(null),
    active: changeable.active.default(true),
    retry_policy: changeable.retry_policy.default("exponential"),
    max_retries: changeable.max_retries.default(7),
    payload_format: changeable.payload_format.default("envelope"),
    signature_scheme: changeable.signature_scheme.default("standard-webhooks"),
    key_type: changeable.key_type.default("hmac"),
    success_codes: changeable.success_codes.default("2xx"),
    headers: changeable.headers.default({}),
    sensitive_headers: changeable.sensitive_headers.default(null),
    filter: changeable.filter.default(null),
    rate_limit_per_second: changeable.rate_limit_per_second.default(null),
    ordering: changeable.ordering.default("none"),
    endpoint_auth: changeable.endpoint_auth.default(null),
    client_certificate: changeable.client_certificate.default(null),
    metadata: metadataSchema.default({}),
    secret: givenSecretSchema.optional(),
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
  url: z.string().nullable().meta({ description: "null: its transport is `stream`." }),
  transport: z.enum(transports),
  warnings: z
    .array(z.enum(["internationalised_host"]))
    .meta({ description: "What to look at in `url`: a host like xn--80ak6aa92e.com may pass for another." }),
  events: z.array(z.string()),
  active: z.boolean(),
  disabled_reason: z.string().nullable().meta({ description: "Why it was switched off by the platform." }),
  retry_policy: z.enum(retryPolicies),
  max_retries: z.int(),
  payload_format: z.enum(payloadFormats),
  signature_scheme: z.enum(signatureSchemes),
  key_type: z.enum(keyTypes),
  public_key: z.string().nullable().meta({ description: "`whpk_…`, what verifies ed25519 signatures." }),
  success_codes: z.enum(successCodes),
  headers: z.record(z.string(), z.string()),
  sensitive_headers: z.array(z.string()).meta({ description: "Their names; values are never shown." }),
  filter: z.record(z.string(), z.unknown()).nullable(),
  rate_limit_per_second: z.int().nullable(),
  ordering: z.enum(orderings),
  endpoint_auth: z
    .object({ type: z.enum(endpointAuthTypes) })
    .nullable()
    .meta({ description: "Its kind; credentials are never shown." }),
  client_certificate: z
    .object({ subject: z.string(), expires_at: timestampOutput })
    .nullable()
    .meta({ description: "Whose it is and how long it is good for; neither it nor its key are shown." }),
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

export const listSubscriptionsQuerySchema = z.object(listQueryShape);

export const subscriptionListSchema = listOf(subscriptionSchema);
