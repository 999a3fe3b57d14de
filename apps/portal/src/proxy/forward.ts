import { once } from "node:events";
import { type HeldBytes, ProblemError, readBody, sendProblem } from "@carewire/service-kit";
import type { Request, RequestHandler, Response } from "express";
import type { Pool } from "undici";
import { apiFaultOf } from "../api/api-fault.ts";
import type { SessionCookies } from "../session/session-cookies.ts";
import { sessionMark, sessionMarkHeader, sessionMarkParameter } from "../session/session-mark.ts";
import { headersToApi, headersToBrowser } from "./passed-headers.ts";
import type { PortalRoute } from "./portal-routes.ts";
import { upstreamPath } from "./upstream-path.ts";

export interface ForwardDeps {
  pool: Pool;
  cookies: SessionCookies;
  /** What the bodies of all requests take of memory, until they are answered. */
  held: HeldBytes;
  /**
   * Has `ask` done, unless as much is under way already. Only the API knows whether a cookie is worth anything, so nobody has
   * a place before their body is there: it would be anybody's for as long as they send nothing.
   */
  admit(res: Response, ask: () => Promise<void>): Promise<void>;
}

/** What the API takes for one event, and for anything else. */
const bodyBytesMax = 262_144;

/** Reads the whole body: it is small, and a slow sender then holds a connection of ours, not of the API's. */
async function bodyOf(req: Request, held: HeldBytes): Promise<Buffer> {
  const read = await readBody(req, bodyBytesMax, held);
  if (read.ok) return read.bytes;
  switch (read.reason) {
    case "too_large":
      throw new ProblemError("payload_too_large", {
        detail: `A body may have ${bodyBytesMax} bytes at most.`,
      });
    case "no_room":
      throw new ProblemError("service_unavailable", {
        detail: "The bodies of all requests take as much memory as they may. Try again shortly.",
        retryAfterSeconds: 1,
      });
    case "aborted":
      throw new ProblemError("malformed_request", { detail: "The body ended early." });
  }
}

/** Piece by piece as they come, no faster than they are taken. Leaving the loop closes the API's answer. */
async function passOn(body: AsyncIterable<Buffer>, res: Response, gone: AbortSignal): Promise<void> {
  for await (const piece of body) {
    if (res.writableEnded) return;
    if (!res.write(piece)) await once(res, "drain", { signal: gone });
  }
  res.end();
}

function refuse(res: Response, error: unknown): void {
  const fault = apiFaultOf(error);
  if (fault === null) throw error;
  // What was begun cannot be taken back: the browser sees an answer that breaks off.
  if (res.headersSent) res.destroy();
  else sendProblem(res, fault.code, fault.details);
}

/** Whether the page that asks was drawn for another session than the browser's; one that does not say was not. */
function isOfAnotherSession(req: Request, token: string): boolean {
  const drawnFor = req.headers[sessionMarkHeader] ?? req.query[sessionMarkParameter];
  return drawnFor !== undefined && drawnFor !== sessionMark(token);
}

function sendSessionChanged(res: Response): void {
  res.setHeader(sessionMarkHeader, "changed");
  sendProblem(res, "conflict", {
    detail: "Somebody else was signed in in this browser meanwhile. Nothing was done.",
  });
}

/** Without its body being read: what is left of it is not taken for a further request. */
function closeUnlessRead(req: Request, res: Response): void {
  if (!req.complete) res.setHeader("connection", "close");
}

/** A request as the API is asked it. */
interface ApiCall {
  method: PortalRoute["method"];
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

/** Asks the API, and passes its answer on. */
async function ask(pool: Pool, call: ApiCall, res: Response): Promise<void> {
  // Gone while their body was read, which is not told again.
  if (res.closed) return;
  const gone = new AbortController();
  res.once("close", () => gone.abort());
  try {
    const answer = await pool.request({ ...call, signal: gone.signal });
    for (const [name, value] of Object.entries(headersToBrowser(answer.headers))) res.setHeader(name, value);
    res.status(answer.statusCode).flushHeaders();
    await passOn(answer.body, res, gone.signal);
  } catch (error) {
    // Nobody listens any more, or we ended it ourselves.
    if (!gone.signal.aborted && !res.writableEnded) refuse(res, error);
  }
}

/** Passes one route's requests on to the API, as the session in the browser's cookie, and the answers back. */
export function createForward(
  { pool, cookies, held, admit }: ForwardDeps,
  route: PortalRoute,
): RequestHandler {
  return async (req, res) => {
    const token = cookies.read(req);
    if (token === null) {
      closeUnlessRead(req, res);
      return sendProblem(res, "unauthorized", { detail: "Nobody is signed in here." });
    }
    if (isOfAnotherSession(req, token)) {
      closeUnlessRead(req, res);
      return sendSessionChanged(res);
    }
    const path = upstreamPath(route.path, req.params, req.originalUrl);
    if (path === null) return sendProblem(res, "not_found", { detail: "There is nothing at this path." });
    const bytes = await bodyOf(req, held);
    try {
      const body = bytes.byteLength === 0 ? null : bytes;
      const call = { method: route.method, path, headers: headersToApi(req.headers, token), body };
      await admit(res, () => ask(pool, call, res));
    } finally {
      held.give(bytes.byteLength);
    }
  };
}
