import fc from "fast-check";

/** Bytes that differ from the original in one place: one flipped, left out or put in. */
export function mutations(original: Uint8Array): fc.Arbitrary<Buffer> {
  return fc
    .record({
      at: fc.nat(original.length - 1),
      flip: fc.integer({ min: 1, max: 255 }),
      kind: fc.constantFrom("flip", "cut", "insert"),
    })
    .map(({ at, flip, kind }) => {
      const bytes = [...original];
      if (kind === "flip") bytes[at] = (bytes[at] ?? 0) ^ flip;
      if (kind === "cut") bytes.splice(at, 1);
      if (kind === "insert") bytes.splice(at, 0, flip);
      return Buffer.from(bytes);
    })
    .filter((mutated) => !mutated.equals(original));
}
