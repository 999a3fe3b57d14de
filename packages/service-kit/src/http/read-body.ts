import type { IncomingMessage } from "node:http";
import { createHeldBytes, type HeldBytes } from "./held-bytes.ts";

/**
 * The exact bytes of a body. `aborted`: the sender went away (or was too slow) before the end. `no_room`: all bodies
 * together hold as much as they may.
 */
export type ReadBody =
  | { ok: true; bytes: Buffer }
  | { ok: false; reason: "too_large" | "aborted" | "no_room" };

/** A chunked body may come byte by byte, and each chunk costs a hundred bytes and more beside its own. */
const looseMax = 512;

/**
 * Reads a request's body as it was sent: never inflated, never decoded, at most `bytesMax` bytes held. A body that
 * declares too much is refused unread; one that turns out too large is discarded from there on. How long a sender
 * may take is the server's `requestTimeout`. A body that was read counts in `held`, if given, until the caller gives its
 * bytes back.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  held: HeldBytes = createHeldBytes(bytesMax),
): Promise<ReadBody> {
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) {
    return Promise.resolve({ ok: false, reason: "too_large" });
  }
  return new Promise((resolve) => {
    let first: Buffer | null = null;
    let rest: Buffer[] | null = null;
    /** So many at the head of `rest` are joined chunks. */
    let joined = 0;
    let size = 0;
    const settle = (result: ReadBody): void => {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      if (!result.ok) {
        held.give(size);
        // An error may still follow, and unheard it would end the process.
        request.on("error", ignore).resume();
      }
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      if (size + chunk.length > bytesMax) settle({ ok: false, reason: "too_large" });
      else if (held.take(chunk.length)) keep(chunk);
      else settle({ ok: false, reason: "no_room" });
    };
    const keep = (chunk: Buffer): void => {
      size += chunk.length;
      if (first === null) first = chunk;
      else if (rest === null) rest = [first, chunk];
      else if (rest.push(chunk) - joined >= looseMax) rest.push(Buffer.concat(rest.splice(joined++)));
    };
    const onEnd = (): void =>
      settle({ ok: true, bytes: rest ? Buffer.concat(rest, size) : (first ?? Buffer.alloc(0)) });
    const onClose = (): void => settle({ ok: false, reason: "aborted" });
    request.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

const ignore = (): void => {};
