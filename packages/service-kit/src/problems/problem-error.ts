import type { ProblemDetails } from "./problem-body.ts";
import type { ProblemCode } from "./problem-catalog.ts";

/** Thrown by middleware that must leave the request at once; the problem handler answers with it. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails) {
    super(details.detail);
    this.name = "ProblemError";
    this.code = code;
    this.details = details;
  }
}
