import type { Answer } from "../handler/answer.ts";
import { type BodyRead, bodyConsumed, type IncomingWebhook } from "../handler/incoming-webhook.ts";
import { readWebBody } from "./read-web-body.ts";

const advice =
  "Give it the request before anything calls request.json(), .text() or .formData(), or a request.clone() made before that.";

/** Answers one fetch `Request`. */
export async function receiveFetchRequest(
  receive: (request: IncomingWebhook) => Promise<Answer>,
  request: Request,
  readBody: (bytesMax: number) => Promise<BodyRead> = (bytesMax) => readUnused(request, bytesMax),
): Promise<Response> {
  const { method, headers } = request;
  const answer = await receive({ method, headers, readBody });
  return new Response(answer.body, { status: answer.status, headers: answer.headers });
}

async function readUnused(request: Request, bytesMax: number): Promise<BodyRead> {
  return request.bodyUsed ? bodyConsumed(advice) : readWebBody(request, bytesMax);
}
