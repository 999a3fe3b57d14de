import { type ProblemCode, problemCatalog } from "./problem-catalog.ts";

/** One thing that was wrong with the request. `path` is dotted for the body (`events.0.type`) and prefixed `query.`, `path.` or `headers.` elsewhere. */
export type ProblemItem = {
  path: string;
  message: string;
  code: string;
};

/** The body of every error answer (RFC 9457, `application/problem+json`). Never holds a secret or a value of the request. */
export type ProblemBody = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  errors?: ProblemItem[];
  request_id: string;
};

/** What a caller says about one occurrence of a problem. */
export interface ProblemDetails {
  /** What was wrong, where, and what to do about it; shown to the caller. */
  detail: string;
  errors?: ProblemItem[];
  /** Sent as `Retry-After`; meant for 429 and 503. */
  retryAfterSeconds?: number;
}

export const problemMediaType = "application/problem+json";

/** Builds the body of a problem; status, title and type follow from the code. */
export function problemBody(code: ProblemCode, details: ProblemDetails, requestId: string): ProblemBody {
  const { status, title } = problemCatalog[code];
  return {
    type: `https://carewire.dev/problems/${code}`,
    title,
    status,
    detail: details.detail,
    code,
    ...(details.errors === undefined ? {} : { errors: details.errors }),
    request_id: requestId,
  };
}
