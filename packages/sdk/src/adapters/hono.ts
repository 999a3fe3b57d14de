import type { Answer } from "../handler/answer.ts";
import {
  type BodyRead,
  bodyConsumed,
  bodyTooLarge,
  bodyUnreadable,
  type IncomingWebhook,
} from "../handler/incoming-webhook.ts";
import { receiveFetchRequest } from "./fetch.ts";
import { readWebBody } from "./read-web-body.ts";

/** What is used of Hono's context; `bodyCache` is what `c.req.text()` and its like have read. */
export interface HonoContext {
  req: { raw: Request; bodyCache?: { text?: unknown; arrayBuffer?: unknown } };
}

/** A Hono handler. */
export type HonoHandler = (context: HonoContext) => Promise<Response>;

const advice =
  "In Hono: a middleware before it has called c.req.parseBody(), c.req.formData() or c.req.blob(); keep it from this route.";

/** Makes a Hono handler. */
export function createHonoHandler(receive: (request: IncomingWebhook) => Promise<Answer>): HonoHandler {
  return ({ req }) => receiveFetchRequest(receive, req.raw, (bytesMax) => readHonoBody(req, bytesMax));
}

/** A middleware that called `c.req.text()`, `.json()` or `.arrayBuffer()` left the text or the bytes in Hono's cache. */
async function readHonoBody({ raw, bodyCache }: HonoContext["req"], bytesMax: number): Promise<BodyRead> {
  if (!raw.bodyUsed) return readWebBody(raw, bytesMax);
  try {
    const cached = await (bodyCache?.arrayBuffer ?? bodyCache?.text);
    const bytes = typeof cached === "string" ? new TextEncoder().encode(cached) : cached;
    if (bytes instanceof ArrayBuffer) return limit(new Uint8Array(bytes), bytesMax);
    return bytes instanceof Uint8Array ? limit(bytes, bytesMax) : bodyConsumed(advice);
  } catch {
    return bodyUnreadable;
  }
}

const limit = (bytes: Uint8Array, bytesMax: number): BodyRead =>
  bytes.length > bytesMax ? bodyTooLarge(bytesMax) : { ok: true, bytes };
