import type { RequestValidationError } from "@ts-rest/express";
import { z } from "zod";
import type { ProblemItem } from "../problems/problem-body.ts";
import { ProblemError } from "../problems/problem-error.ts";

const itemsMax = 50;
const pathLengthMax = 256;

/** The parts of a validation issue that are used; zod's own shape, and the one of Standard Schema. */
const issueSchema = z.object({
  code: z.string().optional(),
  message: z.string(),
  keys: z.array(z.string()).optional(),
  path: z
    .array(z.union([z.string(), z.number(), z.object({ key: z.union([z.string(), z.number()]) })]))
    .optional(),
});

type Issue = z.infer<typeof issueSchema>;

function pathOf(prefix: string, issue: Issue, key?: string): string {
  const steps = (issue.path ?? []).map((step) => (typeof step === "object" ? step.key : step));
  const all = [...(prefix === "" ? [] : [prefix]), ...steps, ...(key === undefined ? [] : [key])];
  return all.join(".").slice(0, pathLengthMax);
}

function itemsOf(prefix: string, issue: Issue): ProblemItem[] {
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => ({
      path: pathOf(prefix, issue, key),
      message: "This field is not known here; check its spelling or leave it out.",
      code: "unknown_field",
    }));
  }
  return [{ path: pathOf(prefix, issue), message: issue.message, code: issue.code ?? "invalid" }];
}

function issuesOf(error: { issues: readonly unknown[] } | null): Issue[] {
  return (error?.issues ?? []).slice(0, itemsMax).map((issue) => issueSchema.parse(issue));
}

/**
 * Turns what ts-rest found wrong with a request into one 422: every issue with its path, `unknown_field` when unknown
 * fields are all there is. zod's messages name types and choices, never the value that was sent.
 */
export function validationProblem(error: RequestValidationError): ProblemError {
  const items = [
    ...issuesOf(error.body).flatMap((issue) => itemsOf("", issue)),
    ...issuesOf(error.query).flatMap((issue) => itemsOf("query", issue)),
    ...issuesOf(error.pathParams).flatMap((issue) => itemsOf("path", issue)),
    ...issuesOf(error.headers).flatMap((issue) => itemsOf("headers", issue)),
  ].slice(0, itemsMax);
  const onlyUnknown = items.length > 0 && items.every((item) => item.code === "unknown_field");
  const places = items.slice(0, 5).map((item) => item.path || "the body");
  return onlyUnknown
    ? new ProblemError("unknown_field", { detail: `Unknown: ${places.join(", ")}.`, errors: items })
    : new ProblemError("validation_failed", { detail: `Check ${places.join(", ")}.`, errors: items });
}
