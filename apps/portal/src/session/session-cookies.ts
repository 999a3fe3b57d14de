import { createHostCookie } from "@carewire/service-kit";
import type { Request, Response } from "express";

/** The session of a browser, and in which frame it lives. */
export interface CookieSession {
  token: string;
  /** The page that may show the portal in a frame; null: none. */
  embedOrigin: string | null;
  maxAgeSeconds: number;
}

/** What the browser carries for us. */
export interface SessionCookies {
  /** The session's token; null when there is none. */
  read(req: Request): string | null;
  /** The frame this browser's session belongs into, as it was said when it began; null: none. */
  readEmbedOrigin(req: Request): string | null;
  /** In place of whatever session there was. */
  set(res: Response, session: CookieSession): void;
  clear(res: Response): void;
}

const encode = (origin: string): string => Buffer.from(origin).toString("base64url");
const decode = (value: string): string => Buffer.from(value, "base64url").toString("utf8");

/**
 * A session signed in on our own pages goes with requests of these pages only (`SameSite=Strict`). One that lives in a
 * frame of another site needs `SameSite=None`, and is kept apart for each site around it (`Partitioned`); a second
 * cookie says which page that is, so that the frame can be loaded again. A browser has one or the other, the frame's
 * counts.
 */
export function createSessionCookies(): SessionCookies {
  const own = createHostCookie({ name: "portal", sameSite: "strict" });
  const framed = createHostCookie({ name: "portal-frame", sameSite: "none" });
  const frame = createHostCookie({ name: "portal-frame-origin", sameSite: "none" });
  const all = [own, framed, frame];
  return {
    read: (req) => framed.read(req) ?? own.read(req),
    readEmbedOrigin(req) {
      const value = frame.read(req);
      return value === null ? null : decode(value);
    },
    set(res, { token, embedOrigin, maxAgeSeconds }) {
      if (embedOrigin === null) {
        own.set(res, token, maxAgeSeconds);
        framed.clear(res);
        frame.clear(res);
        return;
      }
      own.clear(res);
      framed.set(res, token, maxAgeSeconds);
      frame.set(res, encode(embedOrigin), maxAgeSeconds);
    },
    clear(res) {
      for (const cookie of all) cookie.clear(res);
    },
  };
}
