import { type Refusal, refuse } from "./verdict.ts";
import type { RequestHeaders } from "./verification-input.ts";

const headerCharactersMax = 8 * 1024;

/** Reads a header that must be there exactly once. `name` is lower-case. */
export function readHeader(headers: RequestHeaders, name: string): { ok: true; value: string } | Refusal {
  const value = headers[name];
  if (value === undefined || value === null || value === "") return refuse("header_missing");
  if (typeof value !== "string") return refuse("header_repeated");
  if (value.length > headerCharactersMax) return refuse("header_too_long");
  return { ok: true, value };
}
