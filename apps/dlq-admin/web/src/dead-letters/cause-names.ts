const names: Record<string, string> = {
  handler: "Handler failed",
  schema: "Does not fit its schema",
  malformed: "Could not be read",
  lookup_failed: "Lookup failed",
  poison: "Ended its process",
};

/** A cause in words; consumers may name causes of their own. */
export function nameCause(cause: string): string {
  const words = cause.replaceAll("_", " ");
  return names[cause] ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
