import { topics } from "@carewire/envelope";

/** One difference between a payload and its topic's schema; never a value. */
export interface SchemaDifference {
  path: string;
  /** `missing field email`, `invalid field role`. */
  problem: string;
  code: string;
}

const differencesMax = 50;

function isMissing(payload: unknown, path: PropertyKey[]): boolean {
  let value = payload;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return true;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return false;
}

/** Where a payload differs from what the catalog says of its topic; null when the catalog says nothing. Never throws. */
export function schemaDiff(topic: string, bytes: Uint8Array): SchemaDifference[] | null {
  const entry = topics.get(topic);
  if (entry === undefined) return null;
  let payload: unknown;
  try {
    payload = JSON.parse(Buffer.from(bytes).toString("utf8"));
    const checked = entry.schema.safeParse(payload);
    if (checked.success) return [];
    return checked.error.issues.slice(0, differencesMax).map(({ code, path }) => {
      const field = path.map(String).join(".");
      if (path.length === 0) return { path: "", problem: "not an object", code };
      const problem = isMissing(payload, path) ? `missing field ${field}` : `invalid field ${field}`;
      return { path: field, problem, code };
    });
  } catch {
    return [{ path: "", problem: "not valid JSON", code: "malformed" }];
  }
}
