import { createOrganizationLimit, createRequestLimit } from "@carewire/service-kit";
import type { RequestHandler } from "express";
import { type ApiLimits, requestsMaxFor } from "./limits.ts";

/** At 4 MiB each, 128 MiB of bodies. */
export const batchRequestsMax = 32;
/** Each looks into the database a few times a second for as long as its endpoint takes to answer. */
export const probesMax = 64;
/** At 2 MiB each, 128 MiB of bodies. */
export const reportRequestsMax = 64;

/** What a kind of requests passes between its caller's being known and its body. */
export interface RequestShares {
  batches: RequestHandler[];
  probes: RequestHandler[];
  reports: RequestHandler[];
  /** Of which only the number of all requests is limited. */
  others: RequestHandler[];
}

/** Half of what there is for everybody: one organization's slow endpoints and half-sent bodies leave the others room. */
const shareOf = (requestsMax: number): RequestHandler => createOrganizationLimit(Math.floor(requestsMax / 2));

/** How many requests of each kind may be answered at a time, of everybody together and of one organization. */
export function createRequestShares(limits: ApiLimits): RequestShares {
  const all = shareOf(requestsMaxFor(limits));
  const few = (requestsMax: number) => [all, shareOf(requestsMax), createRequestLimit(requestsMax)];
  return {
    batches: few(batchRequestsMax),
    probes: few(probesMax),
    reports: few(reportRequestsMax),
    others: [all],
  };
}
