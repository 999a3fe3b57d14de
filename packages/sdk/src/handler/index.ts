export type { Adapters } from "../adapters/create-adapters.ts";
export type { ExpressHandler } from "../adapters/express.ts";
export type { FastifyReply, FastifyRoute } from "../adapters/fastify.ts";
export type { HonoContext, HonoHandler } from "../adapters/hono.ts";
export type { NextHandler } from "../adapters/next.ts";
export type { NodeListener } from "../adapters/node.ts";
export type { NodeRequest, NodeResponse } from "../adapters/node-request.ts";
export { createWebhookHandler, type WebhookHandler } from "./create-webhook-handler.ts";
export type {
  CommonOptions,
  HandlerSecrets,
  ProcessingOptions,
  SecretHint,
  SenderOptions,
  WebhookHandlerOptions,
} from "./handler-options.ts";
export type { Listener } from "./listeners.ts";
export type { EventName, RequestRefusalCode, WebhookOutcome } from "./outcome.ts";
export { WebhookError, type WebhookErrorOptions } from "./webhook-error.ts";
export type { WebhookJob } from "./webhook-job.ts";
