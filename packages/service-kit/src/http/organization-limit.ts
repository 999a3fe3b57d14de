import type { RequestHandler } from "express";
import { principalOf } from "../auth/principal.ts";
import { sendProblem } from "../problems/problem-result.ts";

/**
 * Express middleware behind the authenticator: of more than `requestsMax` requests of one organization at a time the others
 * get 429. Beside a limit of all requests: its places are not one organization's to take, however slow its endpoints are or
 * its bodies come.
 */
export function createOrganizationLimit(requestsMax: number): RequestHandler {
  const running = new Map<string, number>();

  function leave(organizationId: string): void {
    const others = (running.get(organizationId) ?? 0) - 1;
    if (others > 0) running.set(organizationId, others);
    else running.delete(organizationId);
  }

  return (req, res, next) => {
    // Nobody waits for this answer any more, and its end was told already: its place would never be free again.
    if (res.closed) return;
    const { organizationId } = principalOf(res);
    const others = running.get(organizationId) ?? 0;
    if (others >= requestsMax) {
      if (!req.complete) res.setHeader("connection", "close");
      sendProblem(res, "too_many_requests", {
        detail:
          "Too many such requests of your organization are being answered; nothing was stored. Try again shortly.",
        retryAfterSeconds: 1,
      });
      return;
    }
    running.set(organizationId, others + 1);
    res.once("close", () => leave(organizationId));
    next();
  };
}
