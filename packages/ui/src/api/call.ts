import type { AppRoute, ClientInferRequest, ClientInferResponseBody } from "@ts-rest/core";
import { ProblemError, readProblem } from "./problem.ts";

type SuccessCodes = 200 | 201 | 202 | 204;

/** What a route of a ts-rest contract answers when it does what was asked. */
export type Answer<Route extends AppRoute> = ClientInferResponseBody<
  Route,
  Extract<keyof Route["responses"], SuccessCodes>
>;

/** Path parameters, query and body that a route of a ts-rest contract takes. */
export type Input<Route extends AppRoute> = Pick<
  ClientInferRequest<Route>,
  Extract<keyof ClientInferRequest<Route>, "params" | "query" | "body">
> & { signal?: AbortSignal };

/** Asked for when the server said 401; the page goes back to signing in. */
export const signedOutEvent = "carewire:signed-out";

const timeoutMs = 30_000;

/**
 * Calls a route, typed by its contract, of which only types are imported: its schemas stay out of the bundle.
 * `method` and `path` must be the route's own. Throws a `ProblemError`, with status 0 when nobody answered.
 */
export async function call<Route extends AppRoute>(
  method: Route["method"],
  path: Route["path"],
  input: Input<Route>,
): Promise<Answer<Route>> {
  const { params, query, body, signal } = input as LooseInput;
  const response = await send(`${fillPath(path, params)}${toQueryString(query)}`, {
    method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
    signal: signal
      ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      : AbortSignal.timeout(timeoutMs),
  });
  if (response.status === 401) window.dispatchEvent(new Event(signedOutEvent));
  if (!response.ok) throw await readProblem(response);
  return (response.status === 204 ? undefined : await response.json()) as Answer<Route>;
}

interface LooseInput {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
}

async function send(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    throw new ProblemError({
      status: 0,
      code: timedOut ? "timeout" : "unreachable",
      message: timedOut
        ? "The server did not answer in 30 seconds. Whether it did what was asked is unknown: look again before repeating it."
        : "The server cannot be reached. Check your connection; this page goes on by itself once it is back.",
    });
  }
}

/** Puts encoded parameters in place of `:name` in a route's path. */
export function fillPath(path: string, params: Record<string, string> = {}): string {
  return path.replace(/:([a-z_]+)/gi, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

/** A query string with its `?`; empty without parameters. What is undefined, null or empty is left out. */
export function toQueryString(query: Record<string, unknown> = {}): string {
  const pairs = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}
