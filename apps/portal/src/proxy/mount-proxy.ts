import {
  createRequestDeadline,
  createRequestLimit,
  requireOwnOrigin,
  sendProblem,
} from "@carewire/service-kit";
import type { Express, RequestHandler } from "express";
import type { ApiPools } from "../api/api-pools.ts";
import type { SessionCookies } from "../session/session-cookies.ts";
import { createForward } from "./forward.ts";
import type { OpenStreams } from "./open-streams.ts";
import { type PortalRoute, portalRoutes, portalStreams } from "./portal-routes.ts";

export interface ProxyDeps {
  pools: ApiPools;
  cookies: SessionCookies;
  streams: OpenStreams;
}

/** At 256 KiB each, 64 MiB of bodies. */
const requestsMax = 256;
const requestTimeoutMs = 30_000;

function add(app: Express, { method, path }: PortalRoute, ...handlers: RequestHandler[]): void {
  app.route(`/api${path}`)[method.toLowerCase() as "get"](requireOwnOrigin, ...handlers);
}

/** Counts a stream while it is open, and ends it when the process stops. */
function limitStreams(streams: OpenStreams): RequestHandler {
  return (_req, res, next) => {
    if (!streams.hasRoom()) {
      const detail = "Too many live views are open here. Try again shortly.";
      return sendProblem(res, "service_unavailable", { detail, retryAfterSeconds: 5 });
    }
    res.once(
      "close",
      streams.add(() => res.end()),
    );
    next();
  };
}

/** Adds the routes of the API that the pages may call, below `/api`; nothing else of it can be reached. */
export function mountProxy(app: Express, { pools, cookies, streams }: ProxyDeps): void {
  const bounds = [createRequestDeadline(requestTimeoutMs), createRequestLimit(requestsMax)];
  for (const route of portalRoutes) {
    add(app, route, ...bounds, createForward({ pool: pools.calls, cookies }, route));
  }
  for (const route of portalStreams) {
    add(app, route, limitStreams(streams), createForward({ pool: pools.streams, cookies }, route));
  }
}
