import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";

test("returns the first truthy value", async () => {
  let looks = 0;
  const value = await eventually(() => (++looks >= 3 ? `look ${looks}` : null));
  expect(value).toBe("look 3");
});

test("treats a throw as not yet, and reports the last error at the deadline", async () => {
  const failing = eventually(
    () => {
      throw new Error("still 4 rows");
    },
    { timeoutMs: 30, description: "an empty queue" },
  );
  await expect(failing).rejects.toThrow("Waited 30 ms for an empty queue; last error: still 4 rows");
});

test("a check that never settles does not outlive the deadline", async () => {
  await expect(eventually(() => new Promise<boolean>(() => {}), { timeoutMs: 20 })).rejects.toThrow(
    /Waited 20 ms/,
  );
});
