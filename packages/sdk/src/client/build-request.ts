import type { HttpRequest } from "../http/exchange.ts";
import type { IdempotentOptions } from "./request-options.ts";
import type { Route } from "./route.ts";

/** What a caller gave, told apart by its route. */
export interface CallArguments {
  path: string[];
  payload: Record<string, unknown> | undefined;
  options: IdempotentOptions;
}

const parameterNames = (route: Route): string[] =>
  [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "");

/** Methods take the parts of the path, then the payload if the route has one, then options. */
export function readArguments(route: Route, given: readonly unknown[]): CallArguments {
  const count = parameterNames(route).length;
  const rest = given.slice(count);
  const payload = route.payload === "none" ? undefined : rest.shift();
  return {
    path: given.slice(0, count) as string[],
    payload: payload as Record<string, unknown> | undefined,
    options: (rest[0] ?? {}) as IdempotentOptions,
  };
}

/** The path with its parts filled in. Throws a TypeError for a part that would lead to another path. */
export function fillPath(route: Route, parts: readonly string[]): string {
  return parameterNames(route).reduce((path, name, index) => {
    const part = parts[index];
    if (typeof part !== "string" || part === "" || /^\.{1,2}$/.test(part)) {
      throw new TypeError(`${route.method} ${route.path}: ${name} must be a text that is not empty`);
    }
    return path.replace(`:${name}`, () => encodeURIComponent(part));
  }, route.path);
}

function queryOf(payload: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(payload)) {
    if (value !== undefined && value !== null) query.set(name, textOf(value));
  }
  return query.size === 0 ? "" : `?${query}`;
}

const textOf = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

/** The request of a call, without the key that goes with it. */
export function buildRequest(
  baseUrl: string,
  route: Route,
  { path, payload, options }: CallArguments,
): HttpRequest {
  const headers: Record<string, string> = { accept: "application/json" };
  if (route.repeat === "with_key") {
    headers["idempotency-key"] = options.idempotencyKey ?? crypto.randomUUID();
  }
  const url = baseUrl + fillPath(route, path);
  const { method } = route;
  if (route.payload === "query") return { method, url: url + queryOf(payload ?? {}), headers };
  if (route.payload === "none") return { method, url, headers };
  headers["content-type"] = "application/json";
  return { method, url, headers, body: JSON.stringify(payload ?? {}) };
}
