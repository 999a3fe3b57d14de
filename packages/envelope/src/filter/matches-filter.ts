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

/** Whether any value at the path passes. An array stands for its elements. A list instead of recursion: arrays nest. */
function someAt(path: readonly string[], test: Test, payload: unknown): boolean {
  const arrays: unknown[][] = [];
  const depths: number[] = [];

  /** Follows the path down from a value that is so deep in it; an array on the way waits for its turn. */
  function follow(from: unknown, depthOfFrom: number): boolean {
    let value = from;
    for (let depth = depthOfFrom; ; depth++) {
      const name = path[depth];
      if (name === undefined && passes(test, value)) return true;
      if (Array.isArray(value)) {
        arrays.push(value);
        depths.push(depth);
        return false;
      }
      if (name === undefined || typeof value !== "object" || value === null || !Object.hasOwn(value, name))
        return false;
      value = (value as Record<string, unknown>)[name];
    }
  }

  if (follow(payload, 0)) return true;
  while (arrays.length > 0) {
    const elements = arrays.pop() as unknown[];
    const depth = depths.pop() as number;
    for (const element of elements) if (follow(element, depth)) return true;
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
