interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context?: { source?: string }) => unknown,
  ): unknown;
  rawJSON?(text: string): unknown;
}

// "JSON.parse source text access" is in every current browser, and not yet in TypeScript's library.
const exactJson = JSON as unknown as ExactJson;

/**
 * Parses JSON so that a number JavaScript cannot hold is written again as it was: 2^53 + 1 and `1.0` stay what they are in
 * what is shown and copied. Where a browser cannot do that, they are rounded.
 */
export function parseExactly(text: string): unknown {
  const { rawJSON } = exactJson;
  if (rawJSON === undefined) return JSON.parse(text);
  return exactJson.parse(text, (_key, value, context) =>
    typeof value === "number" && context?.source !== undefined && context.source !== String(value)
      ? rawJSON(context.source)
      : value,
  );
}
