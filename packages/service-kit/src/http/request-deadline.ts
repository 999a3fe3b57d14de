import type { RequestHandler } from "express";
import { sendProblem } from "../problems/problem-result.ts";

/**
 * Express middleware: a request that has no answer after `timeoutMs` gets 503 and loses its connection, for instance
 * because the database neither answers nor refuses. Longer than the listener gives a body to arrive.
 */
export function createRequestDeadline(timeoutMs: number): RequestHandler {
  return (_req, res, next) => {
    const timer = setTimeout(() => {
      if (res.headersSent) return;
      res.setHeader("connection", "close");
      sendProblem(res, "service_unavailable", {
        detail:
          "There was no answer in time; what was asked for may have been done. An id or key makes a retry safe.",
        retryAfterSeconds: 5,
      });
    }, timeoutMs);
    res.once("close", () => clearTimeout(timer));
    next();
  };
}
