import { createAccessToken } from "../http/access-token.ts";
import { CarewireApiError } from "../http/api-error.ts";
import { baseUrlOf } from "../http/base-url.ts";
import { errorOf } from "../http/error-of.ts";
import type { HttpAnswer } from "../http/exchange.ts";
import { completeTools } from "../http/http-tools.ts";
import { type Sent, sendWithRetries } from "../http/send-with-retries.ts";
import { createAnswerCache } from "./answer-cache.ts";
import { cacheLimitsOf, type DetailsOptions, limitsOf } from "./details-options.ts";
import type { DetailsOf } from "./details-types.ts";
import { carewirePaths, nameResource } from "./resource-paths.ts";
import { createSingleFlight } from "./single-flight.ts";

/** What {@link DetailsFetcher.fetchDetails} needs to know of an event. */
export interface DetailedEvent {
  type: string;
  data: unknown;
  /**
   * The message's id: goes into the audit trail, and makes sure that what is read is not older than the event. Without it
   * the answer may be one that was under way when the event came.
   */
  id?: string;
}

/** What {@link DetailsFetcher.fetchDetails} may be told about one read. */
export interface FetchDetailsOptions {
  /** Gives the read up: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Reads what thin deliveries name. */
export interface DetailsFetcher {
  /**
   * Reads the resource the event is about, in its newest version. null: there is no such resource (any more), or events
   * of this type have none. Rejects with a `CarewireApiError` when it cannot be read.
   */
  fetchDetails(event: DetailedEvent, options?: FetchDetailsOptions): Promise<unknown | null>;
}

/** A {@link DetailsFetcher} that knows what each type of event has. */
export interface TypedDetailsFetcher extends DetailsFetcher {
  fetchDetails<Type extends string>(
    event: DetailedEvent & { type: Type },
    options?: FetchDetailsOptions,
  ): Promise<DetailsOf<Type>>;
}

/** The resource's text, or null when there is none. */
type Read = { text: string; template: string } | null;

interface Target {
  template: string;
  path: string;
  eventId: string | undefined;
}

/** What the API takes for a message id; anything else is left out rather than refused. */
const isMessageId = (id: string | undefined): id is string =>
  id !== undefined && /^[\x21-\x7e]{1,64}$/.test(id);

/** Makes a {@link DetailsFetcher}. Throws when `baseUrl` is no address. */
export function createDetailsFetcher(options: DetailsOptions): TypedDetailsFetcher {
  const tools = completeTools(options);
  const baseUrl = baseUrlOf(options.baseUrl);
  const limits = limitsOf(options);
  const paths = options.paths ?? carewirePaths;
  const token = createAccessToken(options.credentials, tools.now);
  const cache = createAnswerCache(cacheLimitsOf(options));
  const flights = createSingleFlight<Read>();

  function send(
    target: Target,
    bearer: string,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<Sent> {
    const headers: Record<string, string> = {
      ...options.headers,
      accept: "application/json",
      authorization: `Bearer ${bearer}`,
    };
    if (etag !== undefined) headers["if-none-match"] = etag;
    if (isMessageId(target.eventId)) headers["carewire-delivery"] = target.eventId;
    const request = { method: "GET", url: baseUrl + target.path, headers };
    return sendWithRetries(tools, request, { ...limits, repeatable: "always", signal });
  }

  function keep(path: string, { headers, text }: HttpAnswer): void {
    const etag = headers.get("etag");
    if (etag === null) cache.delete(path);
    else cache.set(path, { etag, text });
  }

  async function read(target: Target, signal: AbortSignal): Promise<Read> {
    const { path, template } = target;
    const kept = cache.get(path);
    const bearer = await token.get();
    let sent = await send(target, bearer, kept?.etag, signal);
    const isRefused = sent.kind === "answered" && sent.answer.status === 401;
    if (isRefused && token.refuse(bearer)) sent = await send(target, await token.get(), kept?.etag, signal);
    if (sent.kind === "answered") {
      const { status } = sent.answer;
      if (status === 304 && kept !== undefined) return { text: kept.text, template };
      if (status === 200) {
        keep(path, sent.answer);
        return { text: sent.answer.text, template };
      }
      // What is gone, and what may not be seen any more, is not kept either.
      if (status >= 400 && status <= 499 && status !== 429) cache.delete(path);
      if (status === 404) return null;
    }
    throw errorOf(`GET ${template}`, sent, limits.timeoutMs);
  }

  return {
    async fetchDetails<Type extends string>(
      event: DetailedEvent & { type: Type },
      { signal }: FetchDetailsOptions = {},
    ) {
      const resource = nameResource(paths, event.type, event.data);
      if (resource.kind === "none") return null as DetailsOf<Type>;
      if (resource.kind === "id_missing") throw idMissing(event.type, resource.fields);
      const target = { template: resource.template, path: resource.path, eventId: event.id };
      const result = await flights.join({
        key: target.path,
        cause: event.id ?? "",
        run: (stop) => read(target, stop),
        signal,
      });
      // Parsed for each caller: what one changes in its copy is not seen by another.
      return (result === null ? null : parse(result.text, result.template)) as DetailsOf<Type>;
    },
  };
}

function idMissing(type: string, fields: readonly string[]): CarewireApiError {
  const message = `This ${type} event cannot be looked up: its data has no ${fields.join(" or ")}`;
  return new CarewireApiError(message, { code: "resource_id_missing", status: null, tries: 0 });
}

function parse(text: string, template: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const message = `GET ${template} answered 200 with a body that is no JSON`;
    throw new CarewireApiError(message, { code: "answer_not_json", status: 200 });
  }
}
