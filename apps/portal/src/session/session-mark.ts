import { createHash } from "node:crypto";

/** Carries the mark, in both directions; an answer says `changed` in its place when it is another session's. */
export const sessionMarkHeader = "x-portal-session";
/** The same in an address, for live views: browsers send no headers of a page's own with those. */
export const sessionMarkParameter = "portal_session";

const length = 16;

/** Tells a page whether the browser's session is still the one it was drawn for; nothing can be done with it. */
export const sessionMark = (token: string): string =>
  createHash("sha256").update(`portal page of ${token}`).digest("base64url").slice(0, length);
