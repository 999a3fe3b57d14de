import { timesNamed } from "./times-named.ts";

const openBrace = 0x7b;

/**
 * The `flat` body: the payload's own bytes with `event_type` put in front of its fields. A payload that cannot be
 * flattened goes under `data`, so that the top level always tells the event's type and holds it once: one that is no
 * JSON object, and one whose own `event_type` says something else or is there twice. One that already says the same,
 * once, is sent as it is.
 */
export function flatBody(type: string, data: Buffer): Buffer {
  const eventType = `"event_type":${JSON.stringify(type)}`;
  const fields = parseObject(data);
  const hasOwnType = fields !== null && Object.hasOwn(fields, "event_type");
  if (fields === null || (hasOwnType && (fields.event_type !== type || timesNamed(data, "event_type") > 1))) {
    return Buffer.concat([Buffer.from(`{${eventType},"data":`), data, Buffer.from("}")]);
  }
  if (hasOwnType) return data;
  const comma = Object.keys(fields).length > 0 ? "," : "";
  return Buffer.concat([Buffer.from(`{${eventType}${comma}`), data.subarray(data.indexOf(openBrace) + 1)]);
}

function parseObject(data: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(data.toString());
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
