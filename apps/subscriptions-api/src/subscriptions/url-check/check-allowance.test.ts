import { urlChecksPerMinute } from "@carewire/contracts";
import { expect, test } from "vitest";
import { createCheckAllowance } from "./check-allowance.ts";

test("an organization may check so many at once, then one more every other second; others are not affected", () => {
  const take = createCheckAllowance();
  const now = 1_000_000;
  for (let i = 0; i < urlChecksPerMinute; i++) expect(take("a", now)).toBe(0);
  expect(take("a", now)).toBe(2);
  expect(take("b", now)).toBe(0);
  expect(take("a", now + 2_000)).toBe(0);
  expect(take("a", now + 2_000)).toBe(2);
  expect(take("a", now + 120_000)).toBe(0);
});
