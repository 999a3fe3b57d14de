import type { Answer } from "../handler/answer.ts";
import type { IncomingWebhook } from "../handler/incoming-webhook.ts";
import { answerError, answerNodeRequest } from "./node.ts";
import type { NodeRequest, NodeResponse } from "./node-request.ts";

/** An Express request handler; also one of Connect, Polka, and Koa's bare requests. */
export type ExpressHandler = (
  request: NodeRequest,
  response: NodeResponse,
  next?: (error?: unknown) => void,
) => void;

const advice =
  "In Express: mount app.post(path, handler.express()) above app.use(express.json()), or keep the bytes: express.json({ verify: (request, _response, bytes) => { request.rawBody = bytes; } }). In NestJS: NestFactory.create(App, { rawBody: true }).";

/** Makes an Express request handler. */
export function createExpressHandler(receive: (request: IncomingWebhook) => Promise<Answer>): ExpressHandler {
  return (request, response, next) => {
    answerNodeRequest(receive, request, response, advice).catch(next ?? answerError(response));
  };
}
