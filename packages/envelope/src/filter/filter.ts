/** A payload value that a condition can be compared with. */
export type Scalar = string | number | boolean | null;

/** What one condition asks of a value found at its path. */
export type Test =
  | { kind: "in"; values: ReadonlySet<Scalar> }
  | { kind: "exists" }
  | { kind: "gt" | "gte" | "lt" | "lte"; bound: string | number };

/** A subscription's filter, checked and ready to be evaluated. Made by `parseFilter` only. */
export type Filter =
  | { kind: "all" | "any"; filters: readonly Filter[] }
  | { kind: "not"; filter: Filter }
  | { kind: "field"; path: readonly string[]; test: Test };

/** What bounds the cost of a filter, whoever wrote it. */
export const filterLimits = {
  /** Comparisons in the whole filter. */
  conditions: 50,
  /** `$and`, `$or` and `$not` inside one another. */
  depth: 5,
  /** Values of one `$in` or `$nin`. */
  values: 100,
  /** Names in one path. */
  pathSegments: 10,
  pathCharacters: 256,
  textCharacters: 1_024,
  /** Paths and texts of the whole filter together. */
  characters: 16_384,
} as const;
