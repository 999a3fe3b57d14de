import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { idPathParams } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { requiredText, timestampOutput } from "./text.ts";

const c = initContract();

/** Addresses of one customer. */
export const customerAddressesMax = 20;

const upperCase = (text: string): string => text.toUpperCase();

const addressSchema = z
  .strictObject({
    country: z
      .string()
      .regex(/^[A-Za-z]{2}$/, "must be a country code of two letters (ISO 3166-1)")
      .transform(upperCase)
      .meta({ examples: ["US"] }),
    region: z
      .string()
      .regex(/^[A-Za-z0-9]{1,3}$/, "must be a region code of one to three characters (ISO 3166-2)")
      .transform(upperCase)
      .meta({ examples: ["TX"] }),
    city: requiredText(128).nullable().default(null),
    postal_code: requiredText(32).nullable().default(null),
    line1: requiredText(256).nullable().default(null),
  })
  .meta({ id: "CustomerAddress" });

/** The body of `PUT /v1/customers/:id`: everything that is to be known; what is left out is forgotten. */
export const putCustomerSchema = z
  .strictObject({
    email: z.email().max(320).nullable().default(null),
    name: requiredText(256).nullable().default(null),
    addresses: z
      .array(addressSchema)
      .max(customerAddressesMax)
      .default([])
      .meta({ description: "The first one says which region the customer is in." }),
  })
  .meta({ id: "PutCustomer" });

export type PutCustomer = z.output<typeof putCustomerSchema>;

export const customerSchema = z
  .object({
    id: z.string(),
    email: z.string().nullable(),
    name: z.string().nullable(),
    addresses: z.array(
      z.object({
        country: z.string(),
        region: z.string(),
        city: z.string().nullable(),
        postal_code: z.string().nullable(),
        line1: z.string().nullable(),
      }),
    ),
    region_code: z
      .string()
      .nullable()
      .meta({ description: "`<country>-<region>` of the first address, e.g. `US-TX`." }),
    created_at: timestampOutput,
    updated_at: timestampOutput,
  })
  .meta({ id: "Customer" });

export type Customer = z.infer<typeof customerSchema>;

const customerPathParams = z.object({
  id: requiredText(255).meta({ description: "The caller's own id, e.g. what an EMR sends as its patient." }),
});

export const customersContract = c.router(
  {
    put: {
      method: "PUT",
      path: "/v1/customers/:id",
      summary: "Create or replace a customer",
      description:
        "201 when it is new, else 200. Publishes `customer.created`, `customer.updated` and `customer.address_changed`, " +
        "the last two when something differs; sending the same again does nothing. Personal fields are sealed at rest.",
      metadata: needs("customers:write"),
      pathParams: customerPathParams,
      body: putCustomerSchema,
      responses: { 200: customerSchema, 201: customerSchema, ...withBody },
    },
    get: {
      method: "GET",
      path: "/v1/customers/:id",
      summary: "Read a customer",
      description: "Every read is audited.",
      metadata: needs("customers:read"),
      pathParams: idPathParams,
      responses: { 200: customerSchema, ...withId },
    },
  },
  routerOptions,
);
