import type { Filter, Scalar, Test } from "./filter.ts";

/**
 * Whether a payload, parsed, fulfils the filter. Never throws, whatever the payload; looks at its own properties only.
 * Takes time in proportion to conditions times values, however deep the payload is.
 */
export function matchesFilter(filter: Filter, payload: unknown): boolean {
  switch (filter.kind) {
    case "all":
      return filter.filters.every((one) => matchesFilter(one, payload));
    case "any":
      return filter.filters.some((one) => matchesFilter(one, payload));
    case "not":
      return !matchesFilter(filter.filter, payload);
    case "field":
      return someAt(filter.path, filter.test, payload);
  }
}

/** Whether any value at the path passes. An array stands for its elements. A list instead of recursion: payloads nest. */
function someAt(path: readonly string[], test: Test, payload: unknown): boolean {
  const values = [payload];
  const depths = [0];
  while (values.length > 0) {
    const value = values.pop();
    const depth = depths.pop() as number;
    if (depth === path.length && passes(test, value)) return true;
    if (Array.isArray(value)) {
      for (const element of value) {
        values.push(element);
        depths.push(depth);
      }
      continue;
    }
    const name = path[depth];
    if (name === undefined || typeof value !== "object" || value === null || !Object.hasOwn(value, name))
      continue;
    values.push((value as Record<string, unknown>)[name]);
    depths.push(depth + 1);
  }
  return false;
}

function passes(test: Test, value: unknown): boolean {
  switch (test.kind) {
    case "exists":
      return true;
    case "in":
      return test.values.has(value as Scalar);
    default:
      // Text is never compared with a number.
      return typeof value === typeof test.bound && isBeyond(test.kind, value as string | number, test.bound);
  }
}

function isBeyond(
  kind: "gt" | "gte" | "lt" | "lte",
  value: string | number,
  bound: string | number,
): boolean {
  switch (kind) {
    case "gt":
      return value > bound;
    case "gte":
      return value >= bound;
    case "lt":
      return value < bound;
    case "lte":
      return value <= bound;
  }
}
