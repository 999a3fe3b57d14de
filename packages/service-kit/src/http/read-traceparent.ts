const fields = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const allZero = /^0+$/;
/** Longer ones are noise: version 00 has 55 characters. */
const charactersMax = 256;

/**
 * The caller's trace context from a `traceparent` header, as version 00 (W3C Trace Context, section 3.2); null when
 * there is none that is valid, for a broken one must never refuse a request.
 */
export function readTraceparent(header: unknown): string | null {
  if (typeof header !== "string" || header.length > charactersMax) return null;
  const [, version, traceId = "", parentId = "", flags, more] = fields.exec(header) ?? [];
  if (version === undefined || version === "ff") return null;
  // Later versions may append fields; 00 may not.
  if (version === "00" && more !== undefined) return null;
  if (allZero.test(traceId) || allZero.test(parentId)) return null;
  return `00-${traceId}-${parentId}-${flags}`;
}
