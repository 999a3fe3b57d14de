import { type BodyRead, bodyTooLarge, bodyUnreadable } from "../handler/incoming-webhook.ts";
import { concat } from "./read-node-body.ts";

/** Reads a fetch request's body. */
export async function readWebBody(request: Request, bytesMax: number): Promise<BodyRead> {
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) return bodyTooLarge(bytesMax);
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done || value === undefined) return { ok: true, bytes: concat(chunks) };
      length += value.length;
      if (length > bytesMax) {
        await reader?.cancel();
        return bodyTooLarge(bytesMax);
      }
      chunks.push(value);
    }
  } catch {
    return bodyUnreadable;
  }
}
