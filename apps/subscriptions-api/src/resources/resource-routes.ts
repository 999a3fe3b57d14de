import { apiContract } from "@carewire/contracts";
import { principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import { type ReadResourceDeps, type ResourceRequest, readResource } from "./read-resource.ts";

const s = initServer();
const { resources } = apiContract;

/** A browser or client may keep its own copy, and has to ask every time whether it is still good. */
function setCacheHeaders(res: Response, etag: string): void {
  res.setHeader("etag", etag);
  res.setHeader("cache-control", "private, no-cache");
  res.setHeader("vary", "authorization");
}

async function answer(deps: ReadResourceDeps, res: Response, request: ResourceRequest) {
  const read = await readResource(deps, principalOf(res), request);
  switch (read.outcome) {
    case "found":
      setCacheHeaders(res, read.etag);
      return { status: 200 as const, body: read.body };
    case "not_modified":
      setCacheHeaders(res, read.etag);
      return { status: 304 as const, body: undefined };
    case "not_found":
      return problemResult(res, "not_found", { detail: "There is no such resource." });
  }
}

interface ReadInput {
  headers: { "if-none-match"?: string | undefined; "carewire-delivery"?: string | undefined };
  res: Response;
}

const requestOf = (kind: string, id: string, { headers }: ReadInput): ResourceRequest => ({
  kind,
  id,
  ifNoneMatch: headers["if-none-match"],
  delivery: headers["carewire-delivery"],
});

/** The handlers of the contract's `resources`. */
export function createResourceRoutes(deps: ReadResourceDeps) {
  const read = (kind: string) => (input: ReadInput & { params: { id: string } }) =>
    answer(deps, input.res, requestOf(kind, input.params.id, input));
  return {
    getAppointment: s.route(resources.getAppointment, read("appointment")),
    getPrescription: s.route(resources.getPrescription, read("prescription")),
    getAppointmentAtEkaPath: s.route(resources.getAppointmentAtEkaPath, read("appointment")),
    getPrescriptionAtEkaPath: s.route(resources.getPrescriptionAtEkaPath, read("prescription")),
    get: s.route(resources.get, (input) =>
      answer(deps, input.res, requestOf(input.params.kind, input.params.id, input)),
    ),
  };
}
