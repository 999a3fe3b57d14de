import { callerSchema, problemSchema } from "@carewire/contracts";
import { initContract } from "@ts-rest/core";
import { z } from "zod";

const c = initContract();

/** Longer than any token of ours. */
const credential = z.string().min(1).max(256);

/** The portal's own routes; everything else it answers is the API's, behind `/api`. */
export const sessionContract = c.router(
  {
    signIn: {
      method: "POST",
      path: "/session",
      body: z.union([z.strictObject({ api_key: credential }), z.strictObject({ access_token: credential })]),
      responses: { 200: callerSchema },
    },
    whoAmI: { method: "GET", path: "/session", responses: { 200: callerSchema } },
    signOut: { method: "DELETE", path: "/session", responses: { 204: c.noBody() } },
  },
  {
    strictStatusCodes: true,
    commonResponses: {
      400: problemSchema,
      401: problemSchema,
      403: problemSchema,
      409: problemSchema,
      413: problemSchema,
      415: problemSchema,
      422: problemSchema,
      500: problemSchema,
      503: problemSchema,
      504: problemSchema,
    },
  },
);
