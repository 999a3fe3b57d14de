import { createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyVersionOf, open, seal } from "./seal.ts";

const key = createSecretKey(randomBytes(32));
const iv = () => randomBytes(12);
const bytesOf = fc.uint8Array({ maxLength: 300 });

describe("sealed bytes", () => {
  it("open again under the same key and row, byte for byte, empty ones too", () => {
    fc.assert(
      fc.property(bytesOf, fc.string(), fc.nat(65_535), (bytes, aad, version) => {
        const blob = seal(key, version, iv(), aad, bytes);
        return keyVersionOf(blob) === version && open(key, aad, blob).equals(bytes);
      }),
    );
  });

  it("do not open after any single bit changed", () => {
    fc.assert(
      fc.property(bytesOf, fc.nat(), (bytes, position) => {
        const blob = seal(key, 1, iv(), "row:1", bytes);
        const bit = position % (blob.length * 8);
        blob[bit >> 3]! ^= 1 << (bit & 7);
        // The key version is not authenticated by itself: another version is another key, which fails all the same.
        if (bit >= 8 && bit < 24) return keyVersionOf(blob) !== 1;
        expect(() => open(key, "row:1", blob)).toThrow(/sealed/);
        return true;
      }),
    );
  });

  it("do not open under another row's identity or another key", () => {
    const blob = seal(key, 1, iv(), "event_payloads:a", Buffer.from("secret"));
    expect(() => open(key, "event_payloads:b", blob)).toThrow(
      expect.objectContaining({ code: "not_authentic" }),
    );
    const other = createSecretKey(randomBytes(32));
    expect(() => open(other, "event_payloads:a", blob)).toThrow(
      expect.objectContaining({ code: "not_authentic" }),
    );
  });

  it("are refused as malformed when cut short or of an unknown version, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        expect(() => open(key, "row", bytes)).toThrow(expect.objectContaining({ code: "malformed" }));
      }),
    );
    const future = seal(key, 1, iv(), "row", Buffer.from("x"));
    future[0] = 2;
    expect(() => open(key, "row", future)).toThrow(expect.objectContaining({ code: "malformed" }));
  });

  it("never contain the plain text", () => {
    const canary = Buffer.from("CANARY-patient-name");
    expect(seal(key, 1, iv(), "row", canary).includes(canary)).toBe(false);
  });
});
