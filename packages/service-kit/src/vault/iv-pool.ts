import { ivBytes } from "./seal.ts";

const ivsPerRefill = 1024;

/** Hands out random 96-bit IVs, drawing randomness for 1,024 at a time: one system call per IV costs more than a seal. */
export function createIvPool(random: (byteCount: number) => Uint8Array): () => Uint8Array {
  let pool: Uint8Array = new Uint8Array(0);
  let offset = 0;
  return () => {
    if (offset === pool.length) {
      pool = random(ivsPerRefill * ivBytes);
      offset = 0;
    }
    const iv = pool.subarray(offset, offset + ivBytes);
    offset += ivBytes;
    return iv;
  };
}
