import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** One request exactly as it arrived. `verified` is what the receiver's `verify` said, if it has one. */
export type RecordedRequest = {
  method: string;
  /** Path and query, as on the request line. */
  path: string;
  /** Names and values alternating, in the order and spelling they arrived in. */
  rawHeaders: string[];
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Wall clock when the last byte had arrived, in milliseconds. */
  receivedAtMs: number;
  verified: boolean | undefined;
};

/**
 * Reads a request to its end. Returns null when the body is longer than `bodyBytesMax`.
 * Throws when the sender goes away half-way.
 */
export async function recordRequest(
  incoming: IncomingMessage,
  bodyBytesMax: number,
): Promise<RecordedRequest | null> {
  const chunks: Buffer[] = [];
  let bodyBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bodyBytes += chunk.length;
    if (bodyBytes > bodyBytesMax) return null;
    chunks.push(chunk);
  }
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    rawHeaders: incoming.rawHeaders,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
    receivedAtMs: Date.now(),
    verified: undefined,
  };
}
