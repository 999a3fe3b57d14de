import type { PayloadFormat } from "./webhook-event.ts";

/** What a body says, whatever its format. */
export interface ParsedPayload {
  format: PayloadFormat;
  type: string;
  createdAt: Date | null;
  data: unknown;
}

type Fields = Record<string, unknown>;

/** Reads a verified body in any of the four formats. Null: it is none of them. Never throws. */
export function parsePayload(body: Uint8Array): ParsedPayload | null {
  const fields = parseObject(body);
  if (fields === null) return null;
  return readThin(fields) ?? readEnvelope(fields) ?? readEvent(fields) ?? readFlat(fields);
}

function parseObject(body: Uint8Array): Fields | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isType = (value: unknown): value is string => typeof value === "string" && value !== "";

function readEnvelope({ type, created_at, data }: Fields): ParsedPayload | null {
  if (!isType(type) || data === undefined) return null;
  return { format: "envelope", type, createdAt: readTime(created_at), data };
}

function readEvent({ event, payload, id }: Fields): ParsedPayload | null {
  if (!isType(event) || payload === undefined || id === undefined) return null;
  return { format: "event", type: event, createdAt: null, data: payload };
}

/**
 * Eka's envelope. Its own deliveries name the type in `event` or `event_type`, and those of its scribe hold the envelope
 * under `payload`.
 */
function readThin(fields: Fields): ParsedPayload | null {
  const { service, event, event_type, event_time, data, payload } = fields;
  if (isObject(payload) && fields.event_id !== undefined) return readThin(payload);
  const type = event ?? event_type;
  if (!isType(service) || !isType(type) || !isObject(data) || event_time === undefined) return null;
  return { format: "thin", type, createdAt: readTime(event_time), data };
}

/** The payload's own fields beside `event_type`; what could not be put beside it is under `data`. */
function readFlat({ event_type, ...rest }: Fields): ParsedPayload | null {
  if (!isType(event_type)) return null;
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
