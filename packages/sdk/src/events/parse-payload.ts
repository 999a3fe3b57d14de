import { type Fields, isName, isObject } from "./fields.ts";
import { thinTypeOf } from "./thin-envelope.ts";
import type { PayloadFormat } from "./webhook-event.ts";

/** What a body says, whatever its format. */
export interface ParsedPayload {
  format: PayloadFormat;
  type: string;
  createdAt: Date | null;
  data: unknown;
}

/** Reads a verified body in any of the four formats. Null: it is none of them. Never throws. */
export function parsePayload(body: Uint8Array): ParsedPayload | null {
  const fields = parseObject(body);
  if (fields === null) return null;
  // A flat payload's own fields may look like an envelope or an event, neither of which has an `event_type`.
  return readThin(fields) ?? readFlat(fields) ?? readEnvelope(fields) ?? readEvent(fields);
}

function parseObject(body: Uint8Array): Fields | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function readEnvelope({ type, created_at, data }: Fields): ParsedPayload | null {
  if (!isName(type) || data === undefined) return null;
  return { format: "envelope", type, createdAt: readTime(created_at), data };
}

function readEvent({ event, payload, id }: Fields): ParsedPayload | null {
  if (!isName(event) || payload === undefined || id === undefined) return null;
  return { format: "event", type: event, createdAt: null, data: payload };
}

/** Eka's envelope; deliveries of its scribe hold it under `payload`, once. */
function readThin(fields: Fields): ParsedPayload | null {
  const { event_id, payload } = fields;
  const envelope = isObject(payload) && event_id !== undefined ? payload : fields;
  const type = thinTypeOf(envelope);
  if (type === null) return null;
  return { format: "thin", type, createdAt: readTime(envelope.event_time), data: envelope.data };
}

/** The payload's own fields beside `event_type`; what could not be put beside it is under `data`. */
function readFlat({ event_type, ...rest }: Fields): ParsedPayload | null {
  if (!isName(event_type)) return null;
  const data = isWrapped(rest, event_type) ? rest.data : rest;
  return { format: "flat", type: event_type, createdAt: null, data };
}

function isWrapped(rest: Fields, type: string): boolean {
  if (Object.keys(rest).length !== 1 || !Object.hasOwn(rest, "data")) return false;
  const { data } = rest;
  return !isObject(data) || (Object.hasOwn(data, "event_type") && data.event_type !== type);
}

/** RFC 3339, Unix seconds, or Unix milliseconds (Eka sends all three). */
function readTime(value: unknown): Date | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const time = new Date(typeof value === "number" && value < 1e11 ? value * 1_000 : value);
  return Number.isNaN(time.getTime()) ? null : time;
}
