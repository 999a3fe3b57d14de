import { expect, test } from "vitest";
import { openSealed } from "./open-payload.ts";

const open = (error: Error) =>
  openSealed({ dataKey: () => Promise.reject(error) }, "org", "aad", Buffer.from("sealed"));

test("what an unusable key has sealed is shown as empty, beside everybody else's letters", async () => {
  expect(await open(new Error("the data key does not open"))).toHaveLength(0);
});

test("a lost database is no empty payload", async () => {
  const lost = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  await expect(open(lost)).rejects.toBe(lost);
});
