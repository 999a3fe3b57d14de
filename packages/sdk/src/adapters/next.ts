import type { Answer } from "../handler/answer.ts";
import type { IncomingWebhook } from "../handler/incoming-webhook.ts";
import { receiveFetchRequest } from "./fetch.ts";

/** A route handler of Next.js' app router. */
export type NextHandler = (request: Request) => Promise<Response>;

/** Makes a route handler of Next.js' app router. In the pages router use `handler.node()` without its body parser. */
export function createNextHandler(receive: (request: IncomingWebhook) => Promise<Answer>): NextHandler {
  return (request) => receiveFetchRequest(receive, request);
}
