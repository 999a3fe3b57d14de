/**
 * A moment as forms write it, in milliseconds: RFC 3339 text with its offset, or Unix time in seconds or milliseconds.
 * Null when it is none.
 */
export function readMoment(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1_000;
  if (/^\d{12,13}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text)) return null;
  const ms = Date.parse(text);
  return ms >= 0 ? ms : null;
}
