import { type BodyRead, bodyConsumed, bodyTooLarge, bodyUnreadable } from "../handler/incoming-webhook.ts";
import type { NodeRequest } from "./node-request.ts";

/**
 * Reads a Node request's body. What a raw body parser left (`express.raw`, `rawBody` of NestJS or Cloud Functions) will do;
 * a parsed body will not, and `advice` says what to do about it.
 */
export function readNodeBody(request: NodeRequest, bytesMax: number, advice: string): Promise<BodyRead> {
  for (const left of [request.rawBody, request.body]) {
    const bytes = typeof left === "string" ? new TextEncoder().encode(left) : left;
    if (!(bytes instanceof Uint8Array)) continue;
    return Promise.resolve(bytes.length > bytesMax ? bodyTooLarge(bytesMax) : { ok: true, bytes });
  }
  if (request.readableDidRead || request.readableEnded) return Promise.resolve(bodyConsumed(advice));
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) {
    return Promise.resolve(bodyTooLarge(bytesMax));
  }
  return collect(request, bytesMax);
}

function collect(request: NodeRequest, bytesMax: number): Promise<BodyRead> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  return new Promise((resolve) => {
    request.on("data", (chunk: Uint8Array) => {
      length += chunk.length;
      if (length <= bytesMax) chunks.push(chunk);
      else resolve(bodyTooLarge(bytesMax));
    });
    request.on("end", () => resolve({ ok: true, bytes: concat(chunks) }));
    request.on("error", () => resolve(bodyUnreadable));
    request.on("close", () => resolve(bodyUnreadable));
  });
}

/** Puts chunks together. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only) return only;
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
