import type { Answer } from "../handler/answer.ts";
import type { IncomingWebhook } from "../handler/incoming-webhook.ts";
import type { NodeRequest } from "./node-request.ts";
import { readNodeBody } from "./read-node-body.ts";

/** What is used of a Fastify reply. */
export interface FastifyReply {
  readonly sent: boolean;
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
}

/** Options of a Fastify route, handler included. */
export interface FastifyRoute {
  onRequest(request: { raw: NodeRequest }, reply: FastifyReply): Promise<unknown>;
  handler(): void;
}

const advice = "In Fastify: an onRequest hook or a plugin reads request.raw; keep it from this route.";

/**
 * Makes the options of a Fastify route. The request is answered in `onRequest`, because Fastify parses bodies after that and
 * keeps no bytes; so no content type parser has to be replaced, and none of the application's sees these requests.
 */
export function createFastifyRoute(receive: (request: IncomingWebhook) => Promise<Answer>): FastifyRoute {
  return {
    async onRequest({ raw }, reply) {
      const { status, headers, body } = await receive({
        method: raw.method ?? "",
        headers: raw.headers,
        readBody: (bytesMax) => readNodeBody(raw, bytesMax, advice),
      });
      if (reply.sent) return reply;
      reply.code(status);
      reply.headers(headers);
      reply.send(body);
      return reply;
    },
    handler() {
      throw new Error("A Carewire webhook was not answered by the route's own onRequest hook");
    },
  };
}
