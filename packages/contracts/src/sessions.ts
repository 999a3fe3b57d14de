import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { problemSchema } from "./problem.ts";
import { publicIdSchema } from "./public-id.ts";
import { needsNoScope, routerOptions } from "./route-options.ts";
import { timestampOutput } from "./text.ts";

const c = initContract();

const callerShape = {
  organization: z.object({ id: publicIdSchema("org"), name: z.string() }),
  account: z
    .object({ id: publicIdSchema("acc"), name: z.string() })
    .nullable()
    .meta({
      description: "Null: the whole organization.",
    }),
  scopes: z.array(z.string()),
  signed_in_with: z.enum(["api_key", "access_link"]),
  session_id: publicIdSchema("ses").nullable().meta({ description: "Null: an API key calls by itself." }),
  embed_origin: z.string().nullable().meta({ description: "The page that may show the portal in a frame." }),
  expires_at: timestampOutput.nullable().meta({
    description: "Null: never. A session also ends an hour after its last request.",
  }),
};

export const callerSchema = z.object(callerShape).meta({ id: "Caller" });

/** Who is calling, as `GET /v1/session` says. */
export type Caller = z.infer<typeof callerSchema>;

/** A session just made: the only time its token is shown. */
export const createdSessionSchema = z
  .object({ ...callerShape, token: z.string(), expires_at: timestampOutput })
  .meta({ id: "CreatedSession" });

export const sessionsContract = c.router(
  {
    create: {
      method: "POST",
      path: "/v1/sessions",
      summary: "Exchange an API key or an access link for a session",
      description:
        "For the portal's server: send the key (`cw_live_…`) or what stands behind the # of the link (`cw_link_…`) as " +
        "the bearer, and later calls with the session's token. A link is good once. No session makes another.",
      metadata: needsNoScope,
      body: z.strictObject({}).optional(),
      responses: { 201: createdSessionSchema, 409: problemSchema, 413: problemSchema, 415: problemSchema },
    },
    get: {
      method: "GET",
      path: "/v1/session",
      summary: "Who is calling, and what they may do",
      metadata: needsNoScope,
      responses: { 200: callerSchema },
    },
    end: {
      method: "DELETE",
      path: "/v1/session",
      summary: "End the calling session",
      description:
        "Every process refuses it within a second. 409 for an API key: those are revoked, not ended.",
      metadata: needsNoScope,
      responses: { 204: c.noBody(), 409: problemSchema },
    },
  },
  routerOptions,
);
