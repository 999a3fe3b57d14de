const [quote, backslash, colon] = [0x22, 0x5c, 0x3a];
const opening = new Set(Buffer.from("{["));
const closing = new Set(Buffer.from("}]"));
const blanks = new Set(Buffer.from(" \t\r\n"));

/**
 * How often an object has a field of this name, not counting what lies deeper: `JSON.parse` shows the last one only.
 * `json` must be an object's JSON text; nothing is checked again here.
 */
export function timesNamed(json: Buffer, name: string): number {
  let times = 0;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (opening.has(byte)) depth++;
    else if (closing.has(byte)) depth--;
    if (byte !== quote) continue;
    const start = at;
    at = endOfString(json, start);
    if (depth === 1 && isFollowedByColon(json, at) && isText(json.subarray(start, at + 1), name)) times++;
  }
  return times;
}

/** The index of the closing quote. */
function endOfString(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at;
}

function isFollowedByColon(json: Buffer, end: number): boolean {
  let at = end + 1;
  while (blanks.has(json[at] ?? 0)) at++;
  return json[at] === colon;
}

/** Parsed, for any character may be written as an escape. */
const isText = (written: Buffer, text: string): boolean => JSON.parse(written.toString()) === text;
