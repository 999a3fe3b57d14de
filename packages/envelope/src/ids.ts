import { randomFillSync } from "node:crypto";
import { TypeID } from "typeid-js";
import { v7 } from "uuid";

/** The kinds of things that have a public id, and the prefix each one wears. */
export const idPrefixes = [
  "acc", // account
  "att", // attempt
  "aud", // audit entry
  "dlq", // dead letter
  "dlv", // delivery
  "est", // establishment: a customer seen in a region
  "evt", // event
  "inr", // inbound request
  "job", // bulk job
  "key", // API key
  "led", // lead
  "lnk", // access link
  "org", // organization
  "pay", // mobile money payment
  "rpl", // replay job
  "ses", // session
  "src", // source
  "sub", // subscription
] as const;

export type IdPrefix = (typeof idPrefixes)[number];

// Asking the system for 16 bytes at a time costs more than the rest of the id.
const randomPool = Buffer.alloc(16_384);
let randomOffset = randomPool.length;
let previousMs = Number.NaN;
let sequence = 0;

/**
 * A new UUIDv7 (RFC 9562 section 5.7) for the given moment; those made by one process for the same millisecond sort
 * in the order they were made (section 6.2, method 1). Ids are the partition key of the history tables, so `nowMs`
 * must come from a trusted clock.
 */
export function newId(nowMs: number): string {
  if (randomOffset === randomPool.length) {
    randomFillSync(randomPool);
    randomOffset = 0;
  }
  const random = randomPool.subarray(randomOffset, randomOffset + 16);
  randomOffset += 16;
  // A new millisecond starts in the lower half, so that two thousand million more fit before the counter is full.
  sequence = nowMs === previousMs ? sequence + 1 : random.readUInt32BE(0) >>> 1;
  previousMs = nowMs;
  return v7({ msecs: nowMs, seq: sequence, random });
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const typeIdAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * Renders a stored uuid as a TypeID, e.g. `evt_01k9…`. Throws when `uuid` is not a uuid: that is a bug. Written out
 * because it is part of every ingress answer, and the library parses, copies and checks far more than that needs.
 * @see https://github.com/jetify-com/typeid/tree/main/spec
 */
export function publicId(prefix: IdPrefix, uuid: string): string {
  if (!uuidPattern.test(uuid)) throw new Error(`publicId: "${uuid}" is not a uuid`);
  let id = `${prefix}_`;
  // 26 characters hold 130 bits: two zero bits go first.
  let bits = 2;
  let pending = 0;
  for (let i = 0; i < uuid.length; i++) {
    // Capital letters become small ones; digits and the dash stay what they are.
    const code = uuid.charCodeAt(i) | 0x20;
    if (code === 0x2d) continue;
    pending = ((pending << 4) | (code < 0x3a ? code - 0x30 : code - 0x57)) & 0x1ff;
    bits += 4;
    if (bits < 5) continue;
    bits -= 5;
    id += typeIdAlphabet[(pending >>> bits) & 31];
  }
  return id;
}

/** The uuid inside a TypeID with exactly this prefix, or null for anything else. Never throws. */
export function parsePublicId(prefix: IdPrefix, text: string): string | null {
  if (text.length !== prefix.length + 27 || !text.startsWith(`${prefix}_`)) return null;
  try {
    return TypeID.fromString(text, prefix).toUUID();
  } catch {
    return null;
  }
}

/** The moment inside a UUIDv7, Unix milliseconds. */
export function timestampOfId(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

/** The smallest UUIDv7 of a moment: every id made then or later is greater. The bound of a look-up by time. */
export function firstIdAt(timestampMs: number): string {
  const hex = timestampMs.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
