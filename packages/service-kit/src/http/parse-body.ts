/** A JSON object, or why the body is none. Reasons are fixed sentences: they never quote the body. */
export type ParsedBody = { ok: true; body: Record<string, unknown> } | { ok: false; reason: string };

/** Objects and arrays within each other at most; deeper JSON parses, but breaks whatever walks it afterwards. */
export const jsonDepthMax = 64;

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** True when JSON bytes nest deeper than `depthMax`. Looks at bytes only: parsing a depth bomb is the attack. */
export function exceedsDepth(bytes: Uint8Array, depthMax: number): boolean {
  return opensMoreThan(bytes, depthMax) && nestsDeeperThan(bytes, depthMax);
}

/** Most bodies open fewer brackets than that altogether, and counting them costs a third of following them. */
function opensMoreThan(bytes: Uint8Array, countMax: number): boolean {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    // One bit apart: `[` with it set is `{`.
    if (((bytes[i] as number) & 0xdf) === openBracket && ++count > countMax) return true;
  }
  return false;
}

function nestsDeeperThan(bytes: Uint8Array, depthMax: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === backslash) i++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === openBrace || byte === openBracket) {
      if (++depth > depthMax) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return false;
}

/**
 * Parses a verified body. Refuses what is not a JSON object, what nests deeper than 64 levels, and keys that could
 * reach a prototype once the object is copied (`__proto__`, `constructor.prototype`).
 */
export function parseBody(rawBody: Buffer): ParsedBody {
  if (rawBody.length === 0) return { ok: false, reason: "the body is empty" };
  if (exceedsDepth(rawBody, jsonDepthMax)) {
    return { ok: false, reason: `the JSON nests deeper than ${jsonDepthMax} levels` };
  }
  const text = rawBody.toString("utf8");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { ok: false, reason: "the body is not valid JSON" };
  }
  if (!isRecord(body)) return { ok: false, reason: "the body is not a JSON object" };
  if (mayReachPrototype(text) && reachesPrototype(body)) {
    return { ok: false, reason: "the JSON has a key that could change an object's prototype" };
  }
  return { ok: true, body };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// Keys may be written with escapes, so any escape of an ASCII character is suspicious too.
const mayReachPrototype = (text: string): boolean =>
  text.includes("__proto__") || text.includes("constructor") || text.includes("\\u00");

function reachesPrototype(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(reachesPrototype);
  if (Object.hasOwn(value, "__proto__")) return true;
  const record = value as Record<string, unknown>;
  if (
    Object.hasOwn(value, "constructor") &&
    isRecord(record.constructor) &&
    Object.hasOwn(record.constructor, "prototype")
  ) {
    return true;
  }
  return Object.values(record).some(reachesPrototype);
}
