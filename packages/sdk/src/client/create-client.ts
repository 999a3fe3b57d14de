import { createDetailsFetcher, type TypedDetailsFetcher } from "../details/fetch-details.ts";
import { createAccessToken } from "../http/access-token.ts";
import { CarewireApiError } from "../http/api-error.ts";
import { baseUrlOf } from "../http/base-url.ts";
import { errorOf } from "../http/error-of.ts";
import { completeTools } from "../http/http-tools.ts";
import { type Sent, sendWithRetries } from "../http/send-with-retries.ts";
import { sendWithToken } from "../http/send-with-token.ts";
import type { CarewireApi } from "./api.generated.ts";
import { buildRequest, readArguments } from "./build-request.ts";
import { type ClientOptions, clientLimits } from "./client-options.ts";
import { createPages } from "./pages.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.generated.ts";
import type { TypedPublishing } from "./typed-publishing.ts";

/** The management API, one method per operation, and {@link TypedDetailsFetcher.fetchDetails}. */
export interface CarewireClient extends Omit<CarewireApi, "events">, TypedDetailsFetcher {
  events: Omit<CarewireApi["events"], "publish"> & TypedPublishing;
}

type Answer = { data: unknown[]; next_cursor: string | null };

/**
 * Makes a client of the management API. Every method rejects with a `CarewireApiError` when the request does not succeed
 * after all retries that are safe: reads, changes of state and deletions are repeated after a lost connection, a timeout,
 * 429 and 5xx; publishing and replaying too, under an idempotency key; what could be done twice only after a 429.
 * Throws when `baseUrl` is no address.
 */
export function createClient(options: ClientOptions): CarewireClient {
  const tools = completeTools(options);
  const baseUrl = baseUrlOf(options.baseUrl);
  const limits = clientLimits(options);
  const token = createAccessToken(options.apiKey, tools.now);

  async function call(route: Route, given: readonly unknown[]): Promise<unknown> {
    const called = readArguments(route, given);
    const { signal, timeoutMs = limits.timeoutMs } = called.options;
    const request = buildRequest(baseUrl, route, called);
    const repeatable = route.repeat === "with_key" ? "always" : route.repeat;
    const send = async (bearer: string): Promise<Sent> => {
      request.headers.authorization = `Bearer ${bearer}`;
      return sendWithRetries(tools, request, { ...limits, timeoutMs, repeatable, signal });
    };
    const sent = await sendWithToken(token, send);
    return readAnswer(route, sent, timeoutMs);
  }

  function methodOf(route: Route): (...given: unknown[]) => Promise<unknown> {
    if (!route.isList) return (...given) => call(route, given);
    return (...given) => {
      const { path, payload, options: told } = readArguments(route, given);
      const readAt = (cursor: string) => call(route, [...path, { ...payload, cursor }, told]);
      return createPages(
        call(route, given) as Promise<Answer>,
        readAt as (cursor: string) => Promise<Answer>,
      );
    };
  }

  const groups = Object.entries(routes).map(([group, members]) => {
    const methods = Object.entries(members).map(([name, route]) => [name, methodOf(route)]);
    return [group, Object.fromEntries(methods)];
  });
  const api: CarewireApi = Object.fromEntries(groups);
  const { fetch, random, now, sleep } = options;
  const details = { baseUrl, credentials: options.apiKey, fetch, random, now, sleep, ...options.details };
  return { ...api, ...createDetailsFetcher(details) };
}

function readAnswer(route: Route, sent: Sent, timeoutMs: number): unknown {
  const what = `${route.method} ${route.path}`;
  if (sent.kind !== "answered") throw errorOf(what, sent, timeoutMs);
  const { status, text } = sent.answer;
  if (status === 404 && sent.isInDoubt && removesForGood(route)) return undefined;
  if (status < 200 || status > 299) throw errorOf(what, sent, timeoutMs);
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    const message = `${what} answered ${status} with a body that is no JSON: check the base URL`;
    throw new CarewireApiError(message, { code: "answer_not_json", status, tries: sent.tries });
  }
}

/** After such a deletion the thing is not found: an earlier try did it, and its answer was lost. */
const removesForGood = ({ method, payload }: Route): boolean => method === "DELETE" && payload === "none";
