/** One thing wrong with a filter. `path` leads to it, e.g. `$or[1].amount.$gte`; empty: the filter as a whole. */
export interface FilterError {
  path: string;
  message: string;
}

/** Where the parts of the parser say what they found. */
export interface Report {
  /** Always null, so that a parser can return it. */
  error(path: string, message: string): null;
  /** Counts one more condition; false when there are too many. */
  condition(): boolean;
  /** Counts what the filter takes to store. */
  characters(count: number): void;
}

export const within = (at: string, key: string): string => (at === "" ? key : `${at}.${key}`);

export const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
