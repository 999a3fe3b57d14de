import { sessionMarkParameter } from "../session/session-mark.ts";

/** What the address asks for after its path; what it tells the portal itself is left out. */
function queryOf(originalUrl: string): string {
  const at = originalUrl.indexOf("?");
  if (at === -1) return "";
  const parts = originalUrl.slice(at + 1).split("&");
  const passed = parts.filter((part) => !part.startsWith(`${sessionMarkParameter}=`));
  return passed.length === 0 ? "" : `?${passed.join("&")}`;
}

/**
 * The path to ask the API for: the route's own, with the given parameters encoded anew, so that no spelling of one leads
 * to another route; then the query. Null: a parameter that paths cannot carry.
 */
export function upstreamPath(
  template: string,
  params: Readonly<Record<string, string | string[]>>,
  originalUrl: string,
): string | null {
  let isPossible = true;
  const path = template.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    // Dots alone mean the folder itself and the one above.
    if (typeof value !== "string" || /^\.{0,2}$/.test(value)) isPossible = false;
    return encodeURIComponent(String(value));
  });
  return isPossible ? `${path}${queryOf(originalUrl)}` : null;
}
