import { type Clock, newId } from "@carewire/envelope";
import type { RequestHandler, Response } from "express";

declare global {
  namespace Express {
    interface Locals {
      carewireRequestId?: string;
    }
  }
}

/**
 * Gives every request its own id (UUIDv7), also sent as `X-Request-Id`. A caller's id is never adopted: it would let
 * anyone write what they like into the logs.
 */
export function createRequestIds(clock: Clock): RequestHandler {
  return (_req, res, next) => {
    const requestId = newId(clock.now());
    res.locals.carewireRequestId = requestId;
    res.setHeader("x-request-id", requestId);
    next();
  };
}

/** The id of the request a response belongs to; empty when the request never passed {@link createRequestIds}. */
export function requestIdOf(res: Response): string {
  return res.locals.carewireRequestId ?? "";
}
