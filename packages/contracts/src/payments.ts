import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { problemSchema } from "./problem.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { requiredText, timestampOutput } from "./text.ts";

const c = initContract();

const amountMax = 999_999_999_999;

const amountSchema = z
  .union([z.number(), z.string()])
  .transform(String)
  .refine((text) => /^(0|[1-9]\d{0,11})(\.\d{1,2})?$/.test(text) && Number(text) > 0, {
    message: `must be more than 0 and at most ${amountMax}, with two decimals at most`,
  })
  .transform((text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text))
  .meta({ description: "In the currency's main unit, as the provider counts; text or number." });

const currencySchema = z
  .string()
  .regex(/^[A-Za-z]{3}$/, "must be a currency code of three letters (ISO 4217)")
  .transform((text) => text.toUpperCase())
  .meta({ examples: ["XOF"] });

const customerId = requiredText(255).nullable().default(null);

/** As Orange Money takes them: short, and part of an address. */
const orangeOrderId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,29}$/, "must be 1 to 30 letters, digits, dots, dashes and underscores")
  .meta({ description: "The `order_id` that the payment is started with; Orange Money takes each once." });

const providerToken = z
  .string()
  .regex(/^[\x21-\x7e]{8,512}$/, "must be the provider's token, without blanks")
  .nullable()
  .default(null);

/** The body of `POST /api/payments/orange-money`. */
export const registerOrangeMoneySchema = z
  .strictObject({
    order_id: orangeOrderId,
    amount: amountSchema.refine((text) => !text.includes("."), {
      message: "must be a whole number: Orange Money knows no smaller unit",
    }),
    currency: currencySchema,
    customer_id: customerId,
    notif_token: providerToken,
    pay_token: providerToken,
  })
  .refine((body) => (body.notif_token === null) === (body.pay_token === null), {
    message: "must come together with pay_token",
    path: ["notif_token"],
  })
  .meta({ id: "RegisterOrangeMoney" });

export type RegisterOrangeMoney = z.output<typeof registerOrangeMoneySchema>;

/** The body of `POST /api/payments/mtn-momo`. */
export const registerMtnMomoSchema = z
  .strictObject({
    reference: z
      .uuid()
      .transform((text) => text.toLowerCase())
      .meta({ description: "The `X-Reference-Id` that the payment is asked for with." }),
    amount: amountSchema,
    currency: currencySchema,
    order_id: requiredText(255).nullable().default(null),
    external_id: requiredText(255)
      .nullable()
      .default(null)
      .meta({ description: "The `externalId` of the request to pay; the reference when left out." }),
    payer_id: z
      .string()
      .regex(/^\d{5,15}$/, "must be a phone number: country code and number, digits only")
      .nullable()
      .default(null)
      .meta({ description: "The payer's `partyId`; when given, a status must repeat it. Sealed at rest." }),
    customer_id: customerId,
  })
  .meta({ id: "RegisterMtnMomo" });

export type RegisterMtnMomo = z.output<typeof registerMtnMomoSchema>;

export const paymentStatuses = ["pending", "succeeded", "failed", "expired"] as const;

export const paymentSchema = z
  .object({
    id: publicIdSchema("pay"),
    provider: z.enum(["orange-money", "mtn-momo"]),
    reference: z.string(),
    order_id: z.string().nullable(),
    customer_id: z.string().nullable(),
    amount: z.number(),
    currency: z.string(),
    status: z.enum(paymentStatuses).meta({
      description: "`expired`: the provider did not say within a day what became of it; nobody knows.",
    }),
    reason: z.string().nullable().meta({ description: "Why it failed, in the provider's word." }),
    provider_transaction_id: z.string().nullable(),
    problem: z
      .string()
      .nullable()
      .meta({ description: "Why the latest status read settled nothing, such as `amount_differs`." }),
    callback_path: z.string(),
    callback_url: z.string().nullable().meta({
      description: "What to start the payment with: `notif_url`, or the header `X-Callback-Url`. Secret.",
    }),
    registered_at: timestampOutput,
    settled_at: timestampOutput.nullable(),
    next_look_at: timestampOutput.nullable(),
  })
  .meta({ id: "Payment" });

export type Payment = z.infer<typeof paymentSchema>;

const registration = {
  metadata: needs("payments:write"),
  responses: { 200: paymentSchema, 201: paymentSchema, 409: problemSchema, ...withBody },
};
const description =
  "201 when it is new, 200 when it is there already with the same order, amount and currency, 409 when they differ. " +
  "503 while the provider is not configured.";

/** What ingress-payments answers besides the providers' callbacks. */
export const paymentsContract = c.router(
  {
    registerOrangeMoney: {
      ...registration,
      method: "POST",
      path: "/api/payments/orange-money",
      summary: "Register an Orange Money payment",
      description: `${description} Once before it is started, to learn the address of its callback, once after that with the tokens of the answer; or only after, with both.`,
      body: registerOrangeMoneySchema,
    },
    registerMtnMomo: {
      ...registration,
      method: "POST",
      path: "/api/payments/mtn-momo",
      summary: "Register an MTN MoMo payment",
      description,
      body: registerMtnMomoSchema,
    },
    get: {
      method: "GET",
      path: "/api/payments/:id",
      summary: "Read a mobile money payment",
      metadata: needs("payments:read"),
      pathParams: idPathParams,
      responses: { 200: paymentSchema, ...withId },
    },
  },
  routerOptions,
);
