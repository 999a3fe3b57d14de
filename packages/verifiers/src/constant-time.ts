import { timingSafeEqual } from "node:crypto";

/** Compares two byte strings in a time that does not depend on where they differ. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  // timingSafeEqual throws on different lengths; a signature's length is public.
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
