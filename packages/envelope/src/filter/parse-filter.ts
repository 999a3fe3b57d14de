import { type Filter, filterLimits } from "./filter.ts";
import { parseField } from "./parse-field.ts";
import { type FilterError, isObject, type Report, within } from "./report.ts";

/** A filter that can be evaluated, or everything that is wrong with it (20 errors at most). */
export type ParsedFilter = { ok: true; filter: Filter } | { ok: false; errors: FilterError[] };

const errorsMax = 20;

/**
 * Checks the JSON of a subscription's filter, e.g. `{"amount": {"$gte": 100}, "customer.region": "US-TX"}`. Never throws,
 * whatever it is given. The language and its limits are described in docs/filters.md.
 */
export function parseFilter(json: unknown): ParsedFilter {
  const errors: FilterError[] = [];
  let conditions = 0;
  let characters = 0;
  const report: Report = {
    error(path, message) {
      if (errors.length < errorsMax) errors.push({ path, message });
      return null;
    },
    condition: () => ++conditions <= filterLimits.conditions,
    characters: (count) => {
      characters += count;
    },
  };
  const filter = parseConditions(json, "", 0, report);
  if (conditions > filterLimits.conditions) report.error("", tooManyConditions);
  if (characters > filterLimits.characters) report.error("", tooLong);
  return filter === null || errors.length > 0 ? { ok: false, errors } : { ok: true, filter };
}

const tooLong = `has more than ${filterLimits.characters} characters in its names and texts`;
const tooManyConditions = `has more than ${filterLimits.conditions} conditions`;

/** An object of conditions, all of which must hold. */
function parseConditions(json: unknown, at: string, depth: number, report: Report): Filter | null {
  if (!isObject(json)) return report.error(at, "must be an object of conditions");
  const entries = Object.entries(json);
  if (entries.length === 0) return report.error(at, "must have a condition; give null for no filter at all");
  if (entries.length > filterLimits.conditions) return report.error(at, tooManyConditions);
  const filters = entries.flatMap(
    ([key, value]) => parseEntry(key, value, within(at, key), depth, report) ?? [],
  );
  return { kind: "all", filters };
}

function parseEntry(key: string, value: unknown, at: string, depth: number, report: Report): Filter | null {
  if (!key.startsWith("$")) return parseField(key, value, at, report);
  if (depth >= filterLimits.depth) return report.error(at, `is nested more than ${filterLimits.depth} deep`);
  switch (key) {
    case "$and":
      return parseList("all", value, at, depth + 1, report);
    case "$or":
      return parseList("any", value, at, depth + 1, report);
    case "$not": {
      const filter = parseConditions(value, at, depth + 1, report);
      return filter && { kind: "not", filter };
    }
    default:
      return report.error(at, "is not an operator that stands here; these do: $and, $or, $not");
  }
}

function parseList(
  kind: "all" | "any",
  json: unknown,
  at: string,
  depth: number,
  report: Report,
): Filter | null {
  if (!Array.isArray(json) || json.length === 0)
    return report.error(at, "must be a list of filters, not empty");
  if (json.length > filterLimits.conditions) return report.error(at, tooManyConditions);
  const filters = json.flatMap((one, i) => parseConditions(one, `${at}[${i}]`, depth, report) ?? []);
  return { kind, filters };
}
