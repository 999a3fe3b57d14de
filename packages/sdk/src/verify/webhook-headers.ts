import { ekaHeaderName, type RequestHeaders } from "@carewire/verifiers/portable";

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
  ekaHeaderName,
];
const lengths = new Set(names.map((name) => name.length));

/**
 * Picks the headers that a verification needs, with lower-case names. A list of one value is that value; a
 * header that is there more than once stays a list, which is refused later.
 */
export function pickWebhookHeaders(headers: WebhookHeaders): RequestHeaders {
  return hasGet(headers) ? readWithGet(headers) : readEntries(headers);
}

/** Whether the request is signed in Eka's way and in no other. */
export function isEkaRequest(headers: RequestHeaders): boolean {
  return (
    headers[ekaHeaderName] !== undefined &&
    headers["webhook-signature"] === undefined &&
    headers["svix-signature"] === undefined
  );
}

function hasGet(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === "function";
}

function readWithGet(headers: { get(name: string): string | null }): RequestHeaders {
  return Object.fromEntries(names.map((name) => [name, headers.get(name) ?? undefined]));
}

function readEntries(headers: Readonly<Record<string, string | readonly string[] | undefined>>) {
  const picked: Record<string, string | readonly string[] | undefined> = {};
  for (const spelling of Object.keys(headers)) {
    // Most headers are none of ours; their length tells before any text is made.
    if (!lengths.has(spelling.length)) continue;
    const name = spelling.toLowerCase();
    const value = headers[spelling];
    if (value === undefined || !names.includes(name)) continue;
    const found = [picked[name] ?? [], value].flat();
    picked[name] = found.length === 1 ? found[0] : found;
  }
  return picked;
}
