/**
 * The path to ask the API for: the route's own, with the given parameters encoded anew, so that no spelling of one leads
 * to another route; then the query as it came. Null: a parameter that paths cannot carry.
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
  const queryAt = originalUrl.indexOf("?");
  return isPossible ? `${path}${queryAt === -1 ? "" : originalUrl.slice(queryAt)}` : null;
}
