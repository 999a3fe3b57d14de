import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { publicIdSchema } from "./public-id.ts";
import { needs, routerOptions } from "./route-options.ts";
import { requiredText, timestampOutput } from "./text.ts";

const c = initContract();

export const adminOrganizationSchema = z
  .object({
    id: publicIdSchema("org"),
    name: z.string(),
    created_at: timestampOutput,
    open_dead_letters: z.int(),
    alert: z.boolean().meta({ description: "It has too many open dead letters, or too old ones." }),
    audit_head_seq: z
      .string()
      .nullable()
      .meta({ description: "Number of the newest entry on its audit chain." }),
  })
  .meta({ id: "AdminOrganization" });

export const adminOrganizationsContract = c.router(
  {
    list: {
      method: "GET",
      path: "/admin/organizations",
      summary: "List organizations, newest first",
      description: "Without `platform:admin` it is the caller's own alone.",
      metadata: needs("dlq:read"),
      query: z.object({
        ...listQueryShape,
        q: requiredText(128).optional().meta({ description: "Part of the name." }),
      }),
      responses: { 200: listOf(adminOrganizationSchema) },
    },
  },
  routerOptions,
);
