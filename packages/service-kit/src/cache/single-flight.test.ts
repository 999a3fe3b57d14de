import { expect, it, vi } from "vitest";
import { createSingleFlight } from "./single-flight.ts";

it("runs once for callers that ask for the same key at the same time, and again afterwards", async () => {
  const share = createSingleFlight<number>();
  const work = vi.fn(async () => 1);
  await Promise.all([share("a", work), share("a", work), share("b", work)]);
  expect(work).toHaveBeenCalledTimes(2);
  await share("a", work);
  expect(work).toHaveBeenCalledTimes(3);
});

it("hands a failure to everyone who waited and forgets it", async () => {
  const share = createSingleFlight<number>();
  const failing = async () => {
    throw new Error("down");
  };
  const results = await Promise.allSettled([share("a", failing), share("a", failing)]);
  expect(results.map((result) => result.status)).toEqual(["rejected", "rejected"]);
  expect(await share("a", async () => 2)).toBe(2);
});
