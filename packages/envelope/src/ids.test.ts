import fc from "fast-check";
import { TypeID } from "typeid-js";
import { expect, test } from "vitest";
import { firstIdAt, idPrefixes, newId, parsePublicId, publicId, timestampOfId } from "./ids.ts";

test("a public id leads back to the uuid it was made from, and to no other kind", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 47 }),
      fc.constantFrom(...idPrefixes),
      fc.constantFrom(...idPrefixes),
      (nowMs, prefix, other) => {
        const uuid = newId(nowMs);
        const text = publicId(prefix, uuid);
        expect(parsePublicId(prefix, text)).toBe(uuid);
        if (other !== prefix) expect(parsePublicId(other, text)).toBeNull();
        expect(timestampOfId(uuid)).toBe(nowMs);
      },
    ),
  );
});

test("ids made later sort later", () => {
  expect(newId(2_000) > newId(1_000)).toBe(true);
  expect(publicId("evt", newId(2_000)) > publicId("evt", newId(1_000))).toBe(true);
});

test("the first id of a moment is below every id made then, and above every id made before", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 47 }), (nowMs) => {
      expect(firstIdAt(nowMs) < newId(nowMs)).toBe(true);
      expect(firstIdAt(nowMs) > newId(nowMs - 1)).toBe(true);
      expect(timestampOfId(firstIdAt(nowMs))).toBe(nowMs);
    }),
  );
});

test("ids made in the same millisecond are all different, and sort in the order they were made", () => {
  const ids = Array.from({ length: 5_000 }, () => newId(1_795_200_000_000));
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

test("anything that is not a public id is null, never an exception", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => parsePublicId("evt", text) === null));
  fc.assert(
    fc.property(fc.string({ minLength: 26, maxLength: 26 }), (tail) => {
      const parsed = parsePublicId("evt", `evt_${tail}`);
      expect(parsed === null || publicId("evt", parsed) === `evt_${tail}`).toBe(true);
    }),
  );
  for (const text of [
    "",
    "evt_",
    "evt_8zzzzzzzzzzzzzzzzzzzzzzzzz",
    "evt_01H",
    "EVT_01h455vb4pex5vsknk084sn02q",
  ]) {
    expect(parsePublicId("evt", text)).toBeNull();
  }
});

test("a public id is what the TypeID library makes of the same uuid", () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      const expected = TypeID.fromUUID("evt", uuid).toString();
      expect(publicId("evt", uuid)).toBe(expected);
      expect(publicId("evt", uuid.toUpperCase())).toBe(expected);
    }),
  );
});

test.each(["", "not-a-uuid", "0199c0de00007000800000000000000001", "0199c0de-0000-7000-8000-00000000000g"])(
  "rendering %j as a public id throws: it is no uuid",
  (text) => {
    expect(() => publicId("evt", text)).toThrow(/is not a uuid/);
  },
);
