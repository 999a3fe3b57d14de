import type { Response } from "express";
import { requestIdOf } from "../http/request-id.ts";
import { type ProblemBody, type ProblemDetails, problemBody, problemMediaType } from "./problem-body.ts";
import { type ProblemCode, type ProblemStatus, problemCatalog } from "./problem-catalog.ts";

/** What a ts-rest handler returns for a problem. */
export interface ProblemResult<C extends ProblemCode> {
  status: ProblemStatus<C>;
  body: ProblemBody;
}

function setProblemHeaders(res: Response, details: ProblemDetails, mediaType: string): void {
  res.setHeader("content-type", mediaType);
  if (details.retryAfterSeconds !== undefined)
    res.setHeader("retry-after", String(details.retryAfterSeconds));
}

/** For ts-rest handlers: `return problemResult(res, "not_found", { detail })`. Sets the media type and Retry-After on `res`. */
export function problemResult<C extends ProblemCode>(
  res: Response,
  code: C,
  details: ProblemDetails,
): ProblemResult<C> {
  setProblemHeaders(res, details, problemMediaType);
  return { status: problemCatalog[code].status, body: problemBody(code, details, requestIdOf(res)) };
}

/**
 * For plain express handlers: answers with the problem and ends the response; in another product's form where the route
 * promises that (`shapeProblems`).
 */
export function sendProblem(res: Response, code: ProblemCode, details: ProblemDetails): void {
  const problem = problemBody(code, details, requestIdOf(res));
  const shaped = res.locals.carewireProblemShape?.(problem);
  setProblemHeaders(res, details, shaped === undefined ? problemMediaType : "application/json");
  const { status, body } = shaped ?? { status: problem.status, body: problem };
  res.status(status).end(JSON.stringify(body));
}
