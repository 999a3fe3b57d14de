import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { problemSchema } from "./problem.ts";
import { publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withBody } from "./route-options.ts";
import { type Scope, scopes } from "./scopes.ts";
import { timestampOutput } from "./text.ts";

const c = initContract();

/** How long a link and the session made from it last, unless it says otherwise; and at most. */
export const accessLinkSecondsDefault = 3_600;
export const accessLinkSecondsMax = 86_400;

/** Links of one organization that are neither used nor expired. */
export const liveAccessLinksMax = 10_000;

/** What no link carries: the platform's own business. */
const isOperators = (scope: Scope): boolean => /^(internal|dlq|platform):/.test(scope);

/** What a link may carry. */
export const linkScopes = scopes.filter((scope) => !isOperators(scope));

/** `https://app.example.com`, as a browser writes it: no path, no default port, no capital letters. */
const originPattern = /^https?:\/\/[a-z0-9.[\]:-]{1,253}$/;

const isOrigin = (text: string): boolean =>
  originPattern.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** The body of `POST /v1/access-links`. */
export const createAccessLinkSchema = z
  .strictObject({
    account_id: z.string().max(64).optional().meta({
      description: "Confines whoever uses the link to one account. Default: what the caller may see.",
    }),
    scopes: z
      .array(z.enum(linkScopes))
      .min(1)
      .max(linkScopes.length)
      .transform((given) => [...new Set(given)])
      .optional()
      .meta({
        description:
          "Only scopes that the caller has itself. Default: those of them that managing endpoints takes: events, event " +
          "types and payloads read, subscriptions and deliveries read and changed, secrets read.",
      }),
    expires_in_seconds: z
      .int()
      .min(60)
      .max(accessLinkSecondsMax)
      .optional()
      .meta({
        description:
          `Of the link, and of the session made from it. Default ${accessLinkSecondsDefault}, or less when the caller ` +
          "itself ends sooner; nobody makes a link that outlives them.",
      }),
    embed_origin: z
      .string()
      .refine(isOrigin, { message: "must be an origin such as https://app.example.com" })
      .optional()
      .meta({
        description: "The page that shows the portal in a frame; it must be among PORTAL_EMBED_ORIGINS.",
        examples: ["https://app.example.com"],
      }),
  })
  .meta({ id: "CreateAccessLink" });

export type CreateAccessLink = z.output<typeof createAccessLinkSchema>;

export const accessLinkSchema = z
  .object({
    id: publicIdSchema("lnk"),
    url: z
      .string()
      .meta({ description: "Good once. What it grants stands behind the #, which no server logs." }),
    account_id: publicIdSchema("acc").nullable(),
    scopes: z.array(z.string()),
    embed_origin: z.string().nullable(),
    expires_at: timestampOutput,
  })
  .meta({ id: "AccessLink" });

export const accessLinksContract = c.router(
  {
    create: {
      method: "POST",
      path: "/v1/access-links",
      summary: "Make a link that lets somebody into the portal once",
      description:
        "For a product that shows its customers their webhooks: make a link when they ask for the page, and send them " +
        "there or put it into a frame. It ends with the API key that made it.",
      metadata: needs("access_links:write"),
      body: createAccessLinkSchema,
      responses: { 201: accessLinkSchema, 409: problemSchema, ...withBody },
    },
  },
  routerOptions,
);
