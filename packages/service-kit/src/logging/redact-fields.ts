import { allowedFields } from "./allowed-fields.ts";
import { type ReducedError, reduceError } from "./reduce-error.ts";
import { scrubText } from "./scrub-text.ts";

type LoggedScalar = string | number | boolean | null;
type LoggedValue = LoggedScalar | LoggedScalar[] | ReducedError;

const listLengthMax = 20;
const errorCodePattern = /^[a-z][a-z0-9_]{0,63}$/;

const snakeCase = (name: string): string =>
  /[A-Z]/.test(name) ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name;

function redactScalar(value: unknown): LoggedScalar {
  switch (typeof value) {
    case "string":
      return scrubText(value);
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return value.toString();
    default:
      return value === null ? null : "[redacted]";
  }
}

function redactValue(name: string, value: unknown): LoggedValue {
  // Under `error` a service may also name an error by its short code.
  const isCode = name === "error" && typeof value === "string" && errorCodePattern.test(value);
  if (value instanceof Error || ((name === "err" || name === "error") && !isCode)) return reduceError(value);
  if (Array.isArray(value)) return value.slice(0, listLengthMax).map(redactScalar);
  return redactScalar(value);
}

/**
 * Keeps the fields an allow-list names and drops the rest, counting them in `dropped_fields`. Kept values are scalars,
 * short lists of scalars, or reduced errors; anything nested becomes `[redacted]`.
 *
 * @param extra names allowed besides the shared list, in snake_case.
 */
export function redactFields(fields: object, extra: ReadonlySet<string>): Record<string, LoggedValue> {
  if (fields instanceof Error) return { err: reduceError(fields) };
  const kept: Record<string, LoggedValue> = {};
  let dropped = 0;
  for (const [key, value] of Object.entries(fields)) {
    const name = snakeCase(key);
    if (!allowedFields.has(name) && !extra.has(name)) dropped += 1;
    else if (value !== undefined) kept[name] = redactValue(name, value);
  }
  if (dropped > 0) kept.dropped_fields = dropped;
  return kept;
}
