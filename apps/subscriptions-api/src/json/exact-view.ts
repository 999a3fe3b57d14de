interface ReviverContext {
  /** The text a primitive was written as (ECMAScript 2026, "JSON.parse source text access"). */
  source?: string;
}

interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: ReviverContext) => unknown): unknown;
  rawJSON(text: string): unknown;
}

// Part of Node 24, not yet of TypeScript's library.
const exactJson = JSON as unknown as ExactJson;

/**
 * Stored JSON bytes as a value that `JSON.stringify` writes with the very numbers it was given: those past 2^53 and
 * `1.0` survive. Of duplicate keys only the last is seen; the stored bytes keep both.
 */
export function exactView(json: Buffer): unknown {
  return exactJson.parse(json.toString("utf8"), (_key, value, { source }) =>
    typeof value === "number" && source !== undefined ? exactJson.rawJSON(source) : value,
  );
}
