/**
 * True when a `Content-Type` is one of `mediaTypes` (lower-case, without parameters) and its charset, if it names
 * one, is UTF-8: the signature covers bytes, and only UTF-8 says what they mean.
 */
export function acceptsContentType(header: string | undefined, mediaTypes: readonly string[]): boolean {
  if (header === undefined) return false;
  const semicolon = header.indexOf(";");
  const mediaType = (semicolon === -1 ? header : header.slice(0, semicolon)).trim().toLowerCase();
  if (!mediaTypes.includes(mediaType)) return false;
  if (semicolon === -1) return true;
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)"?/i.exec(header.slice(semicolon));
  return charset === null || /^utf-?8$/i.test(charset[1] ?? "");
}
