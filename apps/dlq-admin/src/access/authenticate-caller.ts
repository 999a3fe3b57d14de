import { requireOwnOrigin, sendProblem } from "@carewire/service-kit";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { SignedIn } from "../sessions/signed-in.ts";
import { adoptPrincipal, setCaller } from "./caller.ts";

export interface CallerDeps {
  /** Of requests with an `Authorization` header. */
  authenticate: RequestHandler;
  signedIn: SignedIn;
}

/**
 * Express middleware: an API key in `Authorization`, or else the session cookie, which works from this host's own pages
 * only. On success `callerOf(res)` is who calls.
 */
export function createAuthenticateCaller({ authenticate, signedIn }: CallerDeps): RequestHandler {
  const withKey: RequestHandler = (req, res, next) =>
    authenticate(req, res, (problem?: unknown) => {
      if (problem === undefined) adoptPrincipal(res);
      next(problem);
    });

  async function withSession(req: Request, res: Response, next: NextFunction): Promise<void> {
    const session = await signedIn.find(req);
    if (session === null) {
      signedIn.forget(res);
      if (!req.complete) res.setHeader("connection", "close");
      sendProblem(res, "unauthorized", { detail: "The session is over; sign in again." });
      return;
    }
    setCaller(res, session.caller);
    next();
  }

  return (req, res, next) => {
    if (req.headers.authorization !== undefined || !signedIn.claims(req)) return withKey(req, res, next);
    return requireOwnOrigin(req, res, (problem?: unknown) => {
      if (problem !== undefined) return next(problem);
      // Express awaits what it calls itself, not what is called from here: a lost database would end the process.
      withSession(req, res, next).catch(next);
    });
  };
}
