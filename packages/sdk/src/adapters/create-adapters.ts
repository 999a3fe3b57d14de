import type { Answer } from "../handler/answer.ts";
import type { IncomingWebhook } from "../handler/incoming-webhook.ts";
import { createExpressHandler, type ExpressHandler } from "./express.ts";
import { createFastifyRoute, type FastifyRoute } from "./fastify.ts";
import { receiveFetchRequest } from "./fetch.ts";
import { createHonoHandler, type HonoHandler } from "./hono.ts";
import { createNextHandler, type NextHandler } from "./next.ts";
import { createNodeListener, type NodeListener } from "./node.ts";

/** How a handler is mounted; each reads the raw body itself, so nothing may have parsed it before. */
export interface Adapters {
  /** `app.post("/webhooks", handler.express())` */
  express(): ExpressHandler;
  /** `app.post("/webhooks", handler.fastify())`: route options with a handler, which read the body before Fastify does. */
  fastify(): FastifyRoute;
  /** `app.post("/webhooks", handler.hono())` */
  hono(): HonoHandler;
  /** `export const POST = handler.next();` in `app/…/route.ts` */
  next(): NextHandler;
  /** `createServer(handler.node())`: answers requests of any path. */
  node(): NodeListener;
  /** A fetch `Request` in, a `Response` out: Workers, Deno, Bun, Remix, SvelteKit, Astro. */
  fetch(request: Request): Promise<Response>;
}

/** What an adapter builds on. */
export interface AdapterDeps {
  receive(request: IncomingWebhook): Promise<Answer>;
  /** Throws when a required listener is missing; `method` is the one that was called too early. */
  assertReady(method: keyof Adapters): void;
}

/** Makes all adapters of one handler. */
export function createAdapters({ receive, assertReady }: AdapterDeps): Adapters {
  const mount = <Mounted>(method: keyof Adapters, make: (of: typeof receive) => Mounted) => {
    return (): Mounted => {
      assertReady(method);
      return make(receive);
    };
  };
  return {
    express: mount("express", createExpressHandler),
    fastify: mount("fastify", createFastifyRoute),
    hono: mount("hono", createHonoHandler),
    next: mount("next", createNextHandler),
    node: mount("node", createNodeListener),
    async fetch(request) {
      assertReady("fetch");
      return receiveFetchRequest(receive, request);
    },
  };
}
