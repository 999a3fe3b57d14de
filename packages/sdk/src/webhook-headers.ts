/**
 * The headers of a request: a fetch `Headers`, or an object of values or arrays of values, with names in any
 * case (`node:http`, Express, Fastify, API Gateway).
 */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

const names = [
  "webhook-id",
  "webhook-timestamp",
  "webhook-signature",
  "svix-id",
  "svix-timestamp",
  "svix-signature",
];

/**
 * Picks the headers that a verification needs, with lower-case names. A list of one value is that value; a
 * header that is there more than once stays a list, which is refused later.
 */
export function pickWebhookHeaders(headers: WebhookHeaders): Record<string, string | string[] | undefined> {
  const values = hasGet(headers) ? readWithGet(headers) : readEntries(headers);
  return Object.fromEntries(
    [...values].map(([name, found]) => [name, found.length === 1 ? found[0] : found]),
  );
}

function hasGet(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === "function";
}

function readWithGet(headers: { get(name: string): string | null }): Map<string, string[]> {
  const present = names
    .map((name) => [name, headers.get(name)] as const)
    .filter(([, value]) => value !== null);
  return new Map(present.map(([name, value]) => [name, [value ?? ""]]));
}

function readEntries(headers: Readonly<Record<string, string | readonly string[] | undefined>>) {
  const values = new Map<string, string[]>();
  for (const [spelling, value] of Object.entries(headers)) {
    const name = spelling.toLowerCase();
    if (value === undefined || !names.includes(name)) continue;
    values.set(name, [...(values.get(name) ?? []), ...[value].flat()]);
  }
  return values;
}
