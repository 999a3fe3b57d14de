import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { problemSchema } from "./problem.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { scopes } from "./scopes.ts";
import { requiredText, timestampInput, timestampOutput } from "./text.ts";

const c = initContract();

/** The body of `POST /v1/api-keys`. */
export const createApiKeySchema = z
  .strictObject({
    name: requiredText(128).meta({ examples: ["nightly import"] }),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .max(scopes.length)
      .transform((given) => [...new Set(given)])
      .meta({ description: "Only scopes that the calling key has itself." }),
    expires_at: timestampInput.optional().meta({
      description: "Default: never, or when the calling key expires. A key cannot make one that outlives it.",
    }),
    account_id: z.string().max(64).optional().meta({
      description: "Binds the key to one account; a key of an account can only make keys of that account.",
    }),
  })
  .meta({ id: "CreateApiKey" });

export type CreateApiKey = z.output<typeof createApiKeySchema>;

const apiKeyShape = {
  id: publicIdSchema("key"),
  account_id: publicIdSchema("acc").nullable(),
  name: z.string(),
  prefix: z.string().meta({ description: "How the key begins, to recognise it by." }),
  scopes: z.array(z.string()),
  created_by: z.string(),
  created_at: timestampOutput,
  expires_at: timestampOutput.nullable(),
  revoked_at: timestampOutput.nullable(),
  last_used_at: timestampOutput.nullable().meta({ description: "To the minute." }),
};

export const apiKeySchema = z.object(apiKeyShape).meta({ id: "ApiKey" });

export type ApiKey = z.infer<typeof apiKeySchema>;

/** A key just made: the only time it is shown. */
export const createdApiKeySchema = z
  .object({ ...apiKeyShape, key: z.string() })
  .meta({ id: "CreatedApiKey" });

export const listApiKeysQuerySchema = z.object(listQueryShape);

export const apiKeysContract = c.router(
  {
    create: {
      method: "POST",
      path: "/v1/api-keys",
      summary: "Make an API key",
      description: "The key is in this answer and nowhere else; only its SHA-256 hash is kept.",
      metadata: needs("api_keys:write"),
      body: createApiKeySchema,
      responses: { 201: createdApiKeySchema, 409: problemSchema, ...withBody },
    },
    list: {
      method: "GET",
      path: "/v1/api-keys",
      summary: "List API keys, revoked and expired ones too, newest first",
      metadata: needs("api_keys:read"),
      query: listApiKeysQuerySchema,
      responses: { 200: listOf(apiKeySchema) },
    },
    get: {
      method: "GET",
      path: "/v1/api-keys/:id",
      summary: "Read an API key",
      metadata: needs("api_keys:read"),
      pathParams: idPathParams,
      responses: { 200: apiKeySchema, ...withId },
    },
    revoke: {
      method: "DELETE",
      path: "/v1/api-keys/:id",
      summary: "Revoke an API key",
      description:
        "Every process refuses the key within a second. The last key of the organization that can manage keys is not " +
        "revoked (409): make another one first.",
      metadata: needs("api_keys:write"),
      pathParams: idPathParams,
      responses: { 204: c.noBody(), 409: problemSchema, ...withId },
    },
  },
  routerOptions,
);
