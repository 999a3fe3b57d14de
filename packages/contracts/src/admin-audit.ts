import { initContract } from "@ts-rest/core";
import { z } from "zod";
import {
  auditEntrySchema,
  auditVerdictSchema,
  listAuditQuerySchema,
  verifyAuditQuerySchema,
} from "./audit.ts";
import { listOf } from "./list.ts";
import { publicIdSchema } from "./public-id.ts";
import { needs, routerOptions } from "./route-options.ts";

const c = initContract();

const organization = {
  organization_id: z.string().max(64).optional().meta({ description: "Only with scope `platform:admin`." }),
};

export const adminAuditEntrySchema = auditEntrySchema
  .extend({ organization_id: publicIdSchema("org") })
  .meta({ id: "AdminAuditEntry" });

export const adminAuditContract = c.router(
  {
    list: {
      method: "GET",
      path: "/admin/audit",
      summary: "List who did what, newest first",
      metadata: needs("dlq:read"),
      query: listAuditQuerySchema.extend(organization),
      responses: { 200: listOf(adminAuditEntrySchema) },
    },
    verify: {
      method: "GET",
      path: "/admin/audit/verify",
      summary: "Verify one organization's audit chain",
      description: "Of the caller's own organization, unless one is named.",
      metadata: needs("dlq:read"),
      query: verifyAuditQuerySchema.extend(organization),
      responses: { 200: auditVerdictSchema },
    },
  },
  routerOptions,
);
