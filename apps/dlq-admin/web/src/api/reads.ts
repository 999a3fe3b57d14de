import type { adminSessionContract } from "@carewire/contracts";
import { call } from "@carewire/ui";
import type { Routes } from "./types.ts";

/** Filters as they stand in the address; the server says what is wrong with them. */
export type Filters = Record<string, string | undefined>;

interface ReadOptions {
  signal?: AbortSignal;
}

// Texts from the address stand for the contract's enums and numbers here; the server checks them.
const texts = (filters: Filters) => filters as never;

/** Everything the pages read, by route. */
export const reads = {
  session: ({ signal }: ReadOptions) =>
    call<(typeof adminSessionContract)["get"]>("GET", "/session", { signal }),
  overview: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["overview"]["get"]>("GET", "/admin/overview", { query: texts(query), signal }),
  deadLetters: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["deadLetters"]["list"]>("GET", "/admin/dlq", { query: texts(query), signal }),
  deadLetterGroups: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["deadLetters"]["groups"]>("GET", "/admin/dlq/groups", { query: texts(query), signal }),
  deadLetter: (id: string, query: Filters, { signal }: ReadOptions) =>
    call<Routes["deadLetters"]["get"]>("GET", "/admin/dlq/:id", {
      params: { id },
      query: texts(query),
      signal,
    }),
  jobs: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["bulkJobs"]["list"]>("GET", "/admin/bulk-jobs", { query: texts(query), signal }),
  inboundRequests: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["inboundRequests"]["list"]>("GET", "/admin/inbound-requests", {
      query: texts(query),
      signal,
    }),
  inboundRequest: (id: string, query: Filters, { signal }: ReadOptions) =>
    call<Routes["inboundRequests"]["get"]>("GET", "/admin/inbound-requests/:id", {
      params: { id },
      query: texts(query),
      signal,
    }),
  subscriptions: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["subscriptions"]["list"]>("GET", "/admin/subscriptions", { query: texts(query), signal }),
  subscription: (id: string, { signal }: ReadOptions) =>
    call<Routes["subscriptions"]["get"]>("GET", "/admin/subscriptions/:id", { params: { id }, signal }),
  deliveries: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["deliveries"]["list"]>("GET", "/admin/deliveries", { query: texts(query), signal }),
  delivery: (id: string, query: Filters, { signal }: ReadOptions) =>
    call<Routes["deliveries"]["get"]>("GET", "/admin/deliveries/:id", {
      params: { id },
      query: texts(query),
      signal,
    }),
  lineage: (id: string, { signal }: ReadOptions) =>
    call<Routes["lineage"]["get"]>("GET", "/admin/lineage/:id", { params: { id }, signal }),
  consumers: ({ signal }: ReadOptions) =>
    call<Routes["consumers"]["list"]>("GET", "/admin/consumers", { signal }),
  organizations: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["organizations"]["list"]>("GET", "/admin/organizations", { query: texts(query), signal }),
  audit: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["audit"]["list"]>("GET", "/admin/audit", { query: texts(query), signal }),
  verifyAudit: (query: Filters, { signal }: ReadOptions) =>
    call<Routes["audit"]["verify"]>("GET", "/admin/audit/verify", { query: texts(query), signal }),
};
