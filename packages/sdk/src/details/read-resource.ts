import { createAccessToken } from "../http/access-token.ts";
import { baseUrlOf } from "../http/base-url.ts";
import { errorOf } from "../http/error-of.ts";
import type { HttpAnswer } from "../http/exchange.ts";
import { completeTools } from "../http/http-tools.ts";
import { type Sent, sendWithRetries } from "../http/send-with-retries.ts";
import { sendWithToken } from "../http/send-with-token.ts";
import { type AnswerCache, createAnswerCache } from "./answer-cache.ts";
import { cacheLimitsOf, type DetailsOptions, limitsOf } from "./details-options.ts";

/** A resource to be read, and the event that led there. */
export interface ReadTarget {
  /** The path with `:id` in it, for errors. */
  template: string;
  path: string;
  eventId: string | undefined;
}

/** The newest text of a resource; null when there is none. */
export type ReadResource = (target: ReadTarget, signal: AbortSignal) => Promise<string | null>;

/** What the API takes for a message id; anything else is left out rather than refused. */
const isMessageId = (id: string | undefined): id is string =>
  id !== undefined && /^[\x21-\x7e]{1,64}$/.test(id);

/** Makes a {@link ReadResource}: with retries, and asking only whether what it knows is still so. */
export function createResourceReader(options: DetailsOptions): ReadResource {
  const tools = completeTools(options);
  const baseUrl = baseUrlOf(options.baseUrl);
  const limits = limitsOf(options);
  const token = createAccessToken(options.credentials, tools.now);
  const cache = createAnswerCache(cacheLimitsOf(options));

  return async ({ template, path, eventId }, signal) => {
    const kept = cache.get(path);
    const send = (bearer: string): Promise<Sent> => {
      const headers: Record<string, string> = {
        ...options.headers,
        accept: "application/json",
        authorization: `Bearer ${bearer}`,
      };
      if (kept !== undefined) headers["if-none-match"] = kept.etag;
      if (isMessageId(eventId)) headers["carewire-delivery"] = eventId;
      const request = { method: "GET", url: baseUrl + path, headers };
      return sendWithRetries(tools, request, { ...limits, repeatable: "always", signal });
    };
    const sent = await sendWithToken(token, send);
    if (sent.kind === "answered") {
      const { answer } = sent;
      if (answer.status === 304 && kept !== undefined) return kept.text;
      update(cache, path, answer);
      if (answer.status === 200) return answer.text;
      if (answer.status === 404) return null;
    }
    throw errorOf(`GET ${template}`, sent, limits.timeoutMs);
  };
}

/** What is gone, and what may not be seen any more, is not kept either. */
function update(cache: AnswerCache, path: string, { status, headers, text }: HttpAnswer): void {
  const etag = headers.get("etag");
  if (status === 200 && etag !== null) cache.set(path, { etag, text });
  else if (status === 200 || (status >= 400 && status <= 499 && status !== 429)) cache.delete(path);
}
