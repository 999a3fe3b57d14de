import type { z } from "zod";

const issuesMax = 5;
const pathLengthMax = 120;

/**
 * The first few schema issues in words: `missing field 'email'`, `invalid field 'role' (invalid_type)`. Names the
 * schema's fields and codes only: the values are patient data.
 */
export function describePayloadIssues(error: z.ZodError, payload: unknown): string {
  const described = error.issues.slice(0, issuesMax).map(({ code, path }) => {
    if (path.length === 0) return `invalid payload (${code})`;
    const field = path.map(String).join(".").slice(0, pathLengthMax);
    return isMissing(payload, path) ? `missing field '${field}'` : `invalid field '${field}' (${code})`;
  });
  const more = error.issues.length - described.length;
  return more > 0 ? `${described.join(", ")} and ${more} more` : described.join(", ");
}

function isMissing(payload: unknown, path: PropertyKey[]): boolean {
  let value = payload;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return true;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return false;
}
