import type { Clock } from "@carewire/envelope";
import type { SessionApi } from "../api/session-api.ts";
import type { SessionCookies } from "./session-cookies.ts";

/** What the routes about sessions need. */
export interface SessionDeps {
  api: SessionApi;
  cookies: SessionCookies;
  /** Who may show the portal in a frame. */
  embedOrigins: readonly string[];
  clock: Clock;
}
