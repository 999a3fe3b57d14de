/**
 * True when an `If-None-Match` header (RFC 9110 section 13.1.2) names this entity tag. Tags are compared weakly, as a
 * proxy on the way may have weakened ours.
 */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const named = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return named.some((tag) => tag.replace(/^W\//, "") === etag);
}
