import { type Refusal, type RefusalCode, refuse } from "./verdict.ts";
import type { RequestHeaders } from "./verification-input.ts";

const headerCharactersMax = 8 * 1024;

/** Reads a header that must be there exactly once. `name` is lower-case. */
export function readHeader(headers: RequestHeaders, name: string): { ok: true; value: string } | Refusal {
  const value = headers[name];
  const problem = findHeaderProblem(value);
  return problem === null ? { ok: true, value: value as string } : refuse(problem);
}

/** What keeps a header's value from being one text of a bearable length; null when nothing does. */
export function findHeaderProblem(value: RequestHeaders[string] | null): RefusalCode | null {
  if (value === undefined || value === null || value === "") return "header_missing";
  if (typeof value !== "string") return "header_repeated";
  return value.length > headerCharactersMax ? "header_too_long" : null;
}
