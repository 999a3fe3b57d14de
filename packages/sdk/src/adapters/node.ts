import { type Answer, answerToHandlerError } from "../handler/answer.ts";
import type { IncomingWebhook } from "../handler/incoming-webhook.ts";
import { logHandlerError } from "../handler/log-outcome.ts";
import type { NodeRequest, NodeResponse } from "./node-request.ts";
import { readNodeBody } from "./read-node-body.ts";

/** A listener for `http.createServer`. */
export type NodeListener = (request: NodeRequest, response: NodeResponse) => void;

const advice =
  "If a body parser runs before it (Next.js pages router: export const config = { api: { bodyParser: false } }), turn it off for this route, or let it keep the raw bytes as request.rawBody.";

/** Makes a listener for `http.createServer`, or for anything that has Node's requests and responses. */
export function createNodeListener(receive: (request: IncomingWebhook) => Promise<Answer>): NodeListener {
  return (request, response) => {
    answerNodeRequest(receive, request, response, advice).catch(answerError(response));
  };
}

/** Answers one Node request. */
export async function answerNodeRequest(
  receive: (request: IncomingWebhook) => Promise<Answer>,
  request: NodeRequest,
  response: NodeResponse,
  whenParsed: string,
): Promise<void> {
  const answer = await receive({
    method: request.method ?? "",
    headers: request.headers,
    readBody: (bytesMax) => readNodeBody(request, bytesMax, whenParsed),
  });
  writeAnswer(response, answer);
}

/** Answers with 500 where nobody else is told of an error: it would end the process, or let the sender wait. */
export function answerError(response: NodeResponse): (error: unknown) => void {
  return (error) => {
    logHandlerError(error);
    writeAnswer(response, answerToHandlerError());
  };
}

function writeAnswer(response: NodeResponse, { status, headers, body }: Answer): void {
  // A timeout of the application's own may have answered meanwhile.
  if (response.headersSent) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
