import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { equalInConstantTime } from "./constant-time.ts";

const timingSafeEqual = vi.spyOn(crypto, "timingSafeEqual");

beforeAll(() => syncBuiltinESMExports());
beforeEach(() => void timingSafeEqual.mockClear());
afterAll(() => {
  timingSafeEqual.mockRestore();
  syncBuiltinESMExports();
});

test.each([
  ["the same bytes", [1, 2, 3], [1, 2, 3], true],
  ["another first byte", [0, 2, 3], [1, 2, 3], false],
  ["another last byte", [1, 2, 3], [1, 2, 4], false],
  ["a longer right side", [1, 2, 3], [1, 2, 3, 0], false],
  ["nothing against something", [], [1], false],
  ["nothing on both sides", [], [], true],
])(
  "compares %s without throwing, and what is equally long by timingSafeEqual",
  (_name, left, right, equal) => {
    const [a, b] = [Uint8Array.from(left), Uint8Array.from(right)];
    expect(equalInConstantTime(a, b)).toBe(equal);
    expect(timingSafeEqual.mock.calls).toEqual(a.length === b.length ? [[a, b]] : []);
  },
);
