/**
 * Whether `id` may be signed: 1 to 256 visible ASCII characters without a dot. A dot would let one signature
 * stand for two different splits of `<id>.<timestamp>.<body>`.
 */
export function isMessageId(id: string): boolean {
  return /^[\x21-\x2d\x2f-\x7e]{1,256}$/.test(id);
}

/** What stands before the body in the signed bytes. */
export function signedPrefix(id: string, timestamp: string | number): string {
  return `${id}.${timestamp}.`;
}
