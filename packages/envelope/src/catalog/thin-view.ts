import { z } from "zod";
import { eventTypes } from "./event-types.ts";

/** What a thin delivery says of an event: ids and what was done, nothing else of the payload. */
export type ThinView = { action: string } & Record<string, string | number>;

const idFieldPattern = /^(?:id|[A-Za-z0-9_-]{1,60}_id)$/;
const idCharactersMax = 255;
const idsMax = 32;

/**
 * The ids among a payload's top-level fields, and the action. A type of the catalog shows the ids its entry names and no
 * others, whatever else a publisher put in; any other type shows its fields named `id` or `*_id`. A value that cannot be
 * an id (an e-mail address, text with blanks, a fraction) is left out. `data` is the parsed payload; when that is no
 * object, only the action is left. Never throws.
 */
export function thinView(type: string, data: unknown): ThinView {
  const entry = eventTypes.get(type);
  const action = entry?.thin?.action ?? lastWord(type);
  if (typeof data !== "object" || data === null || Array.isArray(data)) return { action };
  const values = new Map<string, unknown>(Object.entries(data));
  const fields = entry ? (entry.thin?.ids ?? idFieldsOf(entry.schema)) : values.keys();
  const ids: Record<string, string | number> = {};
  let idsLeft = idsMax;
  for (const field of fields) {
    const value = values.get(field);
    if (!idFieldPattern.test(field) || !isId(value)) continue;
    if (idsLeft-- === 0) break;
    ids[field] = value;
  }
  return { ...ids, action };
}

/** `appointment.created` → `created`. */
const lastWord = (type: string): string => type.slice(type.lastIndexOf(".") + 1);

function idFieldsOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function isId(value: unknown): value is string | number {
  if (typeof value === "number") return Number.isSafeInteger(value);
  return typeof value === "string" && value.length <= idCharactersMax && /^[^\s@\p{C}]+$/u.test(value);
}
