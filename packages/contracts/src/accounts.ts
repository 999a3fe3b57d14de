import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { problemSchema } from "./problem.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { requiredText, timestampOutput } from "./text.ts";

const c = initContract();

/** Accounts of one organization. */
export const accountsMax = 100_000;

/** The body of `POST /v1/accounts`. */
export const createAccountSchema = z
  .strictObject({ name: requiredText(128).meta({ examples: ["Clinic Rotterdam"] }) })
  .meta({ id: "CreateAccount" });

export const accountSchema = z
  .object({ id: publicIdSchema("acc"), name: z.string(), created_at: timestampOutput })
  .meta({ id: "Account" });

export type Account = z.infer<typeof accountSchema>;

export const accountsContract = c.router(
  {
    create: {
      method: "POST",
      path: "/v1/accounts",
      summary: "Make an account",
      description:
        "A part of the organization, such as a clinic: subscriptions, API keys and events can be of one account alone.",
      metadata: needs("accounts:write"),
      body: createAccountSchema,
      responses: { 201: accountSchema, 409: problemSchema, ...withBody },
    },
    list: {
      method: "GET",
      path: "/v1/accounts",
      summary: "List accounts, newest first",
      metadata: needs("accounts:read"),
      query: z.object(listQueryShape),
      responses: { 200: listOf(accountSchema) },
    },
    get: {
      method: "GET",
      path: "/v1/accounts/:id",
      summary: "Read an account",
      metadata: needs("accounts:read"),
      pathParams: idPathParams,
      responses: { 200: accountSchema, ...withId },
    },
  },
  routerOptions,
);
