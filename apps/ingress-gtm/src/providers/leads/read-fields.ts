/** Fields by name: names in lower case with underscores, values as text. */
export type Fields = Record<string, string>;

/** Fields of one submission at most. */
export const fieldsMax = 200;
const depthMax = 3;
const nameCharactersMax = 100;

/** Objects that senders wrap a form's fields in; what is inside counts as if it stood outside. */
const wrappers: ReadonlySet<string> = new Set(["data", "fields", "form", "lead", "payload", "submission"]);

/** The fields of any form; null when there are too many. The first field of a name counts. */
export function readFields(body: Record<string, unknown>): Fields | null {
  const fields = new Map<string, string>();
  collect(body, "", 0);
  return fields.size > fieldsMax ? null : Object.fromEntries(fields);

  function collect(object: Record<string, unknown>, prefix: string, depth: number): void {
    for (const [key, value] of Object.entries(object)) {
      const name = nameOf(key);
      if (isRecord(value)) {
        if (depth < depthMax) collect(value, wrappers.has(name) ? prefix : `${prefix}${name}_`, depth + 1);
        continue;
      }
      const text = textOf(value);
      const full = `${prefix}${name}`.slice(0, nameCharactersMax);
      if (text !== null && name !== "" && !fields.has(full)) fields.set(full, text);
    }
  }
}

/** `First Name`, `first-name` and `firstName` are `first_name`. */
export const nameOf = (key: string): string =>
  key
    .slice(0, nameCharactersMax)
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "");

/** Text that a database and every reader can hold; null when there is none. */
export function textOf(value: unknown): string | null {
  if (Array.isArray(value)) {
    const texts = value.map(textOf).filter((text) => text !== null);
    return texts.length === 0 ? null : texts.join(", ");
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value.replaceAll("\0", "").toWellFormed().trim() : null;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
