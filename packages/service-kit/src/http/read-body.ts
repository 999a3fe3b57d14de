import type { IncomingMessage } from "node:http";

/** The exact bytes of a body. `aborted`: the sender went away (or was too slow) before the end. */
export type ReadBody = { ok: true; bytes: Buffer } | { ok: false; reason: "too_large" | "aborted" };

/**
 * Reads a request's body as it was sent: never inflated, never decoded, at most `bytesMax` bytes held. A body that
 * declares too much is refused unread; one that turns out too large is discarded from there on. How long a sender
 * may take is the server's `requestTimeout`.
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<ReadBody> {
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) {
    return Promise.resolve({ ok: false, reason: "too_large" });
  }
  return new Promise((resolve) => {
    let first: Buffer | null = null;
    let rest: Buffer[] | null = null;
    let size = 0;
    const settle = (result: ReadBody): void => {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      // An error may still follow, and unheard it would end the process.
      if (!result.ok) request.on("error", ignore).resume();
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > bytesMax) settle({ ok: false, reason: "too_large" });
      else if (first === null) first = chunk;
      else if (rest === null) rest = [first, chunk];
      else rest.push(chunk);
    };
    const onEnd = (): void =>
      settle({ ok: true, bytes: rest ? Buffer.concat(rest, size) : (first ?? Buffer.alloc(0)) });
    const onClose = (): void => settle({ ok: false, reason: "aborted" });
    request.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

const ignore = (): void => {};
