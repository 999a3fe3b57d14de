import {
  createHeldBytes,
  createRequestDeadline,
  createWorkLimit,
  requireOwnOrigin,
  sendProblem,
} from "@carewire/service-kit";
import type { Express, RequestHandler } from "express";
import type { ApiPools } from "../api/api-pools.ts";
import type { SessionCookies } from "../session/session-cookies.ts";
import { createForward, type ForwardDeps } from "./forward.ts";
import type { OpenStreams } from "./open-streams.ts";
import { type PortalRoute, portalRoutes, portalStreams } from "./portal-routes.ts";

export interface ProxyDeps {
  pools: ApiPools;
  cookies: SessionCookies;
  streams: OpenStreams;
  /** Default: 64 MiB. */
  heldBytesMax: number | undefined;
}

const defaultHeldBytesMax = 64 * 1024 * 1024;
const requestsMax = 256;
const requestTimeoutMs = 30_000;

function add(app: Express, { method, path }: PortalRoute, ...handlers: RequestHandler[]): void {
  app.route(`/api${path}`)[method.toLowerCase() as "get"](requireOwnOrigin, ...handlers);
}

/** Counts a stream while it is open, and ends it when the process stops. */
function admitTo(streams: OpenStreams): ForwardDeps["admit"] {
  return async (res, ask) => {
    if (!streams.hasRoom()) {
      const detail = "Too many live views are open here. Try again shortly.";
      return sendProblem(res, "service_unavailable", { detail, retryAfterSeconds: 5 });
    }
    const remove = streams.add(() => res.end());
    try {
      await ask();
    } finally {
      remove();
    }
  };
}

/** Adds the routes of the API that the pages may call, below `/api`; nothing else of it can be reached. */
export function mountProxy(app: Express, { pools, cookies, streams, heldBytesMax }: ProxyDeps): void {
  const shared = { cookies, held: createHeldBytes(heldBytesMax ?? defaultHeldBytesMax) };
  const limit = createWorkLimit(requestsMax);
  const calls: ForwardDeps = { ...shared, pool: pools.calls, admit: (_res, ask) => limit(ask) };
  const live: ForwardDeps = { ...shared, pool: pools.streams, admit: admitTo(streams) };
  const deadline = createRequestDeadline(requestTimeoutMs);
  for (const route of portalRoutes) add(app, route, deadline, createForward(calls, route));
  for (const route of portalStreams) add(app, route, createForward(live, route));
}
