import type { IncomingHttpHeaders } from "node:http";

/** Of a request. Not the cookie, which is ours, nor anything about the connection. */
const requestHeaders = ["accept", "content-type", "idempotency-key", "if-none-match", "last-event-id"];
/** Of an answer. Nothing that the API could plant in the browser: no cookies, no policies. */
const answerHeaders = ["content-type", "etag", "retry-after", "x-accel-buffering", "x-request-id"];

function pick(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

/** What the API is sent: who calls, and what it needs to read the request. */
export const headersToApi = (headers: IncomingHttpHeaders, token: string): Record<string, string> => ({
  ...pick(headers, requestHeaders),
  authorization: `Bearer ${token}`,
  "user-agent": "carewire-portal",
});

/** What the browser is sent. */
export const headersToBrowser = (headers: IncomingHttpHeaders): Record<string, string> => ({
  ...pick(headers, answerHeaders),
  "cache-control": "no-store",
});
