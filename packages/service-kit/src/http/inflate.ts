import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

const decoders = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** The content codings a JSON body may use, besides none. */
export type ContentCoding = keyof typeof decoders;

/** What became of a compressed body; `too_large` counts the decompressed bytes. */
export type Inflated = { ok: true; bytes: Buffer } | { ok: false; reason: "too_large" | "corrupt" };

/** True for a content coding {@link inflateBody} understands. */
export function isContentCoding(name: string): name is ContentCoding {
  return Object.hasOwn(decoders, name);
}

/** Decompresses a body to at most `bytesMax` bytes; a bomb is given up at the limit. */
export async function inflateBody(coding: ContentCoding, bytes: Buffer, bytesMax: number): Promise<Inflated> {
  try {
    return { ok: true, bytes: await decoders[coding](bytes, { maxOutputLength: bytesMax }) };
  } catch (error) {
    const tooLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return { ok: false, reason: tooLarge ? "too_large" : "corrupt" };
  }
}
