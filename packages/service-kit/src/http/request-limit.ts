import type { RequestHandler } from "express";
import { sendProblem } from "../problems/problem-result.ts";

/**
 * Express middleware: of more than `requestsMax` requests at a time the others get 503, before their bodies are read.
 * With the size of a body this bounds what all bodies together may take of memory.
 */
export function createRequestLimit(requestsMax: number): RequestHandler {
  let running = 0;
  return (_req, res, next) => {
    if (running >= requestsMax) {
      res.setHeader("connection", "close");
      sendProblem(res, "service_unavailable", {
        detail: "Too many such requests are being answered; nothing was stored. Try again shortly.",
        retryAfterSeconds: 1,
      });
      return;
    }
    running++;
    res.once("close", () => {
      running--;
    });
    next();
  };
}
