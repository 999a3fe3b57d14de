import type { Request, RequestHandler } from "express";
import { sendProblem } from "../problems/problem-result.ts";

/** Whose page sent a request: this host's own, another one's, or nobody knows. */
export type RequestOrigin = "own" | "foreign" | "unknown";

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/**
 * What the browser says of where a request comes from: `Sec-Fetch-Site`, which no page can forge, or, from a browser that
 * does not send it, `Origin` beside `Host`. Unknown: an address typed in, or no browser at all.
 */
export function requestOriginOf(req: Request): RequestOrigin {
  switch (req.headers["sec-fetch-site"]) {
    case "same-origin":
      return "own";
    case "same-site":
    case "cross-site":
      return "foreign";
    default: {
      const { origin, host } = req.headers;
      if (origin === undefined) return "unknown";
      return host !== undefined && hostOf(origin) === host ? "own" : "foreign";
    }
  }
}

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Express middleware for requests that a cookie authenticates (it sends itself, whoever made the request): 403 unless
 * this host's own page sent it. Reads are also taken when nobody knows, as when an address is typed in.
 */
export const requireOwnOrigin: RequestHandler = (req, res, next) => {
  const origin = requestOriginOf(req);
  if (origin === "own" || (origin === "unknown" && safeMethods.has(req.method))) {
    next();
    return;
  }
  if (!req.complete) res.setHeader("connection", "close");
  sendProblem(res, "foreign_origin", {
    detail:
      "A session works from its own pages only; elsewhere send an API key as Authorization: Bearer cw_live_…",
  });
};
