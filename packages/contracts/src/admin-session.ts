import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { adminRoles } from "./admin-roles.ts";
import { publicIdSchema } from "./public-id.ts";
import { routerOptions, withBody } from "./route-options.ts";
import { timestampOutput } from "./text.ts";

const c = initContract();

/** The body of `POST /session`. */
export const signInSchema = z.strictObject({ api_key: z.string().min(1).max(128) }).meta({ id: "SignIn" });

export const adminSessionSchema = z
  .object({
    user: z
      .object({
        actor: z.string().meta({ description: "What the audit log calls them: `key_…` or `oidc:…`." }),
        name: z.string(),
        role: z.enum(adminRoles),
        organization_id: publicIdSchema("org").meta({ description: "Their own organization." }),
        all_organizations: z.boolean().meta({ description: "They see and change every organization." }),
        expires_at: timestampOutput.meta({ description: "The session ends then, whatever they do." }),
        idle_seconds: z.int().meta({ description: "It ends after so long without a request." }),
      })
      .nullable()
      .meta({ description: "Null: nobody is signed in." }),
    sign_in: z.object({
      oidc: z.object({ label: z.string(), path: z.string() }).nullable().meta({
        description: "Where the browser goes to sign in with the company's account, if that is set up.",
      }),
    }),
  })
  .meta({ id: "AdminSession" });

export type AdminSession = z.infer<typeof adminSessionSchema>;

// Without metadata: these are how one gets in.
export const adminSessionContract = c.router(
  {
    get: {
      method: "GET",
      path: "/session",
      summary: "Who is signed in, and how one can",
      responses: { 200: adminSessionSchema },
    },
    create: {
      method: "POST",
      path: "/session",
      summary: "Sign in with an API key; the answer sets a session cookie",
      description:
        "The key needs `dlq:read`, `dlq:write` or `dlq:admin`, which make a viewer, an operator or an admin.",
      body: signInSchema,
      responses: { 200: adminSessionSchema, ...withBody },
    },
    remove: {
      method: "DELETE",
      path: "/session",
      summary: "Sign out",
      body: z.strictObject({}).optional(),
      responses: { 200: adminSessionSchema },
    },
  },
  routerOptions,
);
