import type { Request } from "express";
import type { SessionCookies } from "../session/session-cookies.ts";

/**
 * Who may show the page that is asked for in a frame: the origin that an access link names (`?embed=`), or the one that
 * this browser's session belongs into, and only while it is among those configured. Naming one gives nothing away: a
 * frame without a session shows that there is none.
 */
export function createFrameAncestors(
  embedOrigins: readonly string[],
  cookies: Pick<SessionCookies, "readEmbedOrigin">,
) {
  return (req: Request): readonly string[] => {
    const { embed } = req.query;
    const wanted = typeof embed === "string" ? embed : cookies.readEmbedOrigin(req);
    return embedOrigins.filter((origin) => origin === wanted);
  };
}
