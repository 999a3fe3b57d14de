import type { Clock } from "@carewire/envelope";
import express, { type Express, type RequestHandler } from "express";
import { createRequestIds } from "../http/request-id.ts";
import type { Logger } from "../logging/create-logger.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import { createProblemHandler } from "../problems/create-problem-handler.ts";
import { sendProblem } from "../problems/problem-result.ts";
import { allowedMethods } from "./allowed-methods.ts";
import type { Readiness } from "./readiness.ts";

/** Where a service is in its life; only `running` is ready for traffic. */
export type ServiceState = "starting" | "running" | "stopping";

/** What {@link createApp} needs. */
export interface AppOptions {
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  readiness: Readiness;
  state: () => ServiceState;
  routes?: (app: Express) => void;
}

function createHttpMetrics(metrics: Metrics): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once("close", () => {
      const pattern: unknown = req.route?.path;
      const route = typeof pattern === "string" ? pattern : "unmatched";
      // 499: the caller went away before an answer.
      const status = res.writableFinished ? res.statusCode : 499;
      metrics.observeHttp(req.method, route, status, (performance.now() - startedAt) / 1000);
    });
    next();
  };
}

function createReadyHandler({ readiness, state }: AppOptions): RequestHandler {
  return async (_req, res) => {
    const current = state();
    const failing = current === "running" ? await readiness.failing() : [current];
    if (failing.length === 0) {
      res.json({ status: "ready" });
      return;
    }
    sendProblem(res, "service_unavailable", {
      detail: `Not ready: ${failing.join(", ")}.`,
      errors: failing.map((name) => ({ path: name, message: "not ready", code: "not_ready" })),
      retryAfterSeconds: 1,
    });
  };
}

function createFallback(app: Express): RequestHandler {
  return (req, res) => {
    const allowed = allowedMethods(app, req.path);
    if (allowed.length === 0) {
      sendProblem(res, "not_found", { detail: "There is nothing at this path." });
      return;
    }
    res.setHeader("allow", allowed.join(", "));
    sendProblem(res, "method_not_allowed", { detail: `This path answers to ${allowed.join(", ")}.` });
  };
}

/** The express app every service is: request ids, metrics, health routes, the service's own routes, problem answers. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  app.use(createRequestIds(options.clock));
  app.use(createHttpMetrics(options.metrics));
  app.use((_req, res, next) => {
    res.setHeader("x-content-type-options", "nosniff");
    // Once stopping, connections are told to go elsewhere with their next request.
    if (options.state() === "stopping") res.setHeader("connection", "close");
    next();
  });
  app.get("/livez", (_req, res) => {
    res.json({ status: "alive" });
  });
  app.get("/readyz", createReadyHandler(options));
  app.get("/metrics", async (_req, res) => {
    const { registry } = options.metrics;
    res.setHeader("content-type", registry.contentType);
    res.end(await registry.metrics());
  });
  options.routes?.(app);
  app.use(createFallback(app));
  app.use(createProblemHandler(options.logger));
  return app;
}
