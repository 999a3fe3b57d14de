/** The fields of a JSON object. */
export type Fields = Record<string, unknown>;

/** Whether a JSON value is an object. */
export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a JSON value is a text that can name something, such as an event's type. */
export const isName = (value: unknown): value is string => typeof value === "string" && value !== "";
