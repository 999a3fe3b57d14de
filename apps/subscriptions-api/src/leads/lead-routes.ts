import type { Cursors } from "@carewire/service-kit";
import { createDiscardLead, createReleaseLead } from "./decide-lead.ts";
import { createGetLead, type LeadDeps } from "./get-lead.ts";
import { createListLeads } from "./list-leads.ts";

/** The handlers of the contract's `leads`. */
export const createLeadRoutes = (deps: LeadDeps & { cursors: Cursors }) => ({
  list: createListLeads(deps),
  get: createGetLead(deps),
  release: createReleaseLead(deps),
  discard: createDiscardLead(deps),
});
