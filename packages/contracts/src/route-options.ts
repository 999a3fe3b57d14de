import { problemSchema } from "./problem.ts";
import type { RouteMetadata, Scope } from "./scopes.ts";

/** A route's metadata: the scope its caller needs. */
export const needs = (scope: Scope): RouteMetadata => ({ scope });

/** Of routes that every live key and session may call. */
export const needsNoScope: RouteMetadata = { scope: null };

/** Answers of every route that takes a body. */
export const withBody = { 413: problemSchema, 415: problemSchema };
/** Answers of every route whose path names a thing. */
export const withId = { 404: problemSchema };

/** What every router of the contract is made with. */
export const routerOptions = {
  strictStatusCodes: true,
  commonResponses: {
    400: problemSchema,
    401: problemSchema,
    403: problemSchema,
    422: problemSchema,
    429: problemSchema,
    500: problemSchema,
    503: problemSchema,
  },
} as const;
