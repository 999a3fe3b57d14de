import type { RequestHandler } from "express";
import { sendProblem } from "../problems/problem-result.ts";

/**
 * Express middleware: of more than `requestsMax` requests at a time the others get 503. Placed before the bodies are read it
 * bounds, with the size of a body, what all of them may take of memory. Where anybody may send one it belongs behind the body:
 * whoever begins bodies and does not end them would have every place.
 */
export function createRequestLimit(requestsMax: number): RequestHandler {
  let running = 0;
  return (_req, res, next) => {
    // Nobody waits for this answer any more, and its end was told already: its place would never be free again.
    if (res.closed) return;
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
