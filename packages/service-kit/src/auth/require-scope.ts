import type { RequestHandler } from "express";
import { sendProblem } from "../problems/problem-result.ts";
import { type Principal, principalOf } from "./principal.ts";

/** True when the caller's key carries the scope. */
export function hasScope(principal: Principal, scope: string): boolean {
  return principal.scopes.includes(scope);
}

/** Express middleware, after `authenticate`: 403 unless the key carries the scope. */
export function requireScope(scope: string): RequestHandler {
  return (req, res, next) => {
    if (hasScope(principalOf(res), scope)) {
      next();
      return;
    }
    if (!req.complete) res.setHeader("connection", "close");
    sendProblem(res, "insufficient_scope", { detail: `This needs an API key with the scope ${scope}.` });
  };
}
