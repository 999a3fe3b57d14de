const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** RFC 8259 section 2: space, tab, line feed, carriage return. */
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

function skipSpace(json: Buffer, at: number): number {
  let i = at;
  while (isSpace(json[i])) i++;
  return i;
}

/** The index after the string that starts at `at`. */
function skipString(json: Buffer, at: number): number {
  let i = at + 1;
  while (i < json.length && json[i] !== quote) i += json[i] === backslash ? 2 : 1;
  return i + 1;
}

/** The index after the object or array that starts at `at`. */
function skipNested(json: Buffer, at: number): number {
  let depth = 0;
  let i = at;
  while (i < json.length) {
    const byte = json[i];
    if (byte === quote) {
      i = skipString(json, i);
      continue;
    }
    i++;
    if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) break;
  }
  return i;
}

function skipScalar(json: Buffer, at: number): number {
  let i = at;
  while (i < json.length) {
    const byte = json[i];
    if (byte === comma || byte === closeBrace || byte === closeBracket || isSpace(byte)) break;
    i++;
  }
  return i;
}

/** The index after the value that starts at `at`. */
function skipValue(json: Buffer, at: number): number {
  const first = json[at];
  if (first === quote) return skipString(json, at);
  return first === openBrace || first === openBracket ? skipNested(json, at) : skipScalar(json, at);
}

/**
 * The exact bytes of one member of a JSON object, without the space around them; null when there is no such member.
 * Of several with the same name it is the last, as `JSON.parse` has it. `json` must be a valid JSON object; the
 * result shares its memory.
 */
export function rawMember(json: Buffer, name: string): Buffer | null {
  let found: Buffer | null = null;
  let i = skipSpace(json, skipSpace(json, 0) + 1);
  while (i < json.length && json[i] === quote) {
    const nameEnd = skipString(json, i);
    // Names may be written with escapes ("d\u0061ta").
    const isWanted = JSON.parse(json.toString("utf8", i, nameEnd)) === name;
    const colonAt = skipSpace(json, nameEnd);
    if (json[colonAt] !== colon) throw new Error("rawMember was given something that is not valid JSON");
    const start = skipSpace(json, colonAt + 1);
    const end = skipValue(json, start);
    if (isWanted) found = json.subarray(start, end);
    i = skipSpace(json, skipSpace(json, end) + 1);
  }
  return found;
}

/** The exact bytes of each item of a JSON array, in order. `json` must be a valid JSON array. */
export function rawItems(json: Buffer): Buffer[] {
  const items: Buffer[] = [];
  let i = skipSpace(json, skipSpace(json, 0) + 1);
  while (i < json.length && json[i] !== closeBracket) {
    const end = skipValue(json, i);
    items.push(json.subarray(i, end));
    i = skipSpace(json, skipSpace(json, end) + 1);
  }
  return items;
}
