import type { EkaError } from "@carewire/contracts";
import type { ProblemDetails, ProblemShape } from "@carewire/service-kit";
import { refusalSentence } from "../refused-fields.ts";

/** What Eka calls our fields. */
const ekaNames = { url: "endpoint", events: "event_names", secret: "signing_key" };

/** The codes that Eka documents for 400 and 500, and their like for what else can happen. */
const codes: Record<number, string> = {
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  429: "TOO_MANY_REQUESTS",
  500: "SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
};

export const ekaError = (message: string, code: string): EkaError => ({ error: { message, code } });

/** The message Eka is documented to answer with when an endpoint is there already. */
export const alreadyRegistered = "requested endpoint is already registered";

/** A request that is wrong in itself: 400, whatever is wrong with it. */
export const ekaRefusal = ({ detail, errors }: ProblemDetails) => ({
  status: 400 as const,
  body: ekaError(refusalSentence(detail, errors, ekaNames), "INVALID_REQUEST"),
});

export const noEkaWebhook = {
  status: 404 as const,
  body: ekaError("there is no such webhook", "NOT_FOUND"),
};

/** Every other problem in Eka's form. */
export const ekaProblem: ProblemShape = (problem) => {
  const code = codes[problem.status];
  if (code === undefined) return ekaRefusal(problem);
  return { status: problem.status, body: ekaError(problem.detail, code) };
};
