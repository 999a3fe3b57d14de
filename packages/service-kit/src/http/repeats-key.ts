const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** Members written in valid JSON, at every level: the colons that are in no string. */
function membersWritten(json: Uint8Array): number {
  let count = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (inString) {
      if (byte === backslash) i++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === colon) count++;
  }
  return count;
}

function membersOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const values = Object.values(value);
  let count = Array.isArray(value) ? 0 : values.length;
  for (const inner of values) count += membersOf(inner);
  return count;
}

/**
 * True when an object in the JSON names a key twice: of two such members parsers keep the first or the last one, so two
 * readers of the same signed bytes would act on different values. `value` is what the bytes were parsed to.
 */
export const repeatsKey = (json: Uint8Array, value: unknown): boolean =>
  membersWritten(json) !== membersOf(value);
