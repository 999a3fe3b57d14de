import type { RawBody } from "./verify-result.ts";

const encoder = new TextEncoder();

/** The bytes of a body as it arrived; null for everything that is no body any more, such as a parsed object. */
export function toBytes(rawBody: RawBody): Uint8Array | null {
  if (rawBody instanceof Uint8Array) return rawBody;
  if (typeof rawBody === "string") return encoder.encode(rawBody);
  if (ArrayBuffer.isView(rawBody)) {
    const { buffer, byteOffset, byteLength } = rawBody as ArrayBufferView;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  // Test runners and sandboxes have an ArrayBuffer of their own, which instanceof does not know.
  const isBuffer = Object.prototype.toString.call(rawBody) === "[object ArrayBuffer]";
  return isBuffer ? new Uint8Array(rawBody) : null;
}
