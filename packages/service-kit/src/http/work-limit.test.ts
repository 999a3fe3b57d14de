import { expect, test } from "vitest";
import { createWorkLimit } from "./work-limit.ts";

test("of more work than allowed the rest is refused until some has ended, however it ended", async () => {
  const limit = createWorkLimit(2);
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const begun = [limit(() => first.promise), limit(() => second.promise)];
  const refused = { code: "service_unavailable", details: { retryAfterSeconds: 1 } };
  await expect(limit(async () => "third")).rejects.toMatchObject(refused);
  first.reject(new Error("failed"));
  await expect(begun[0]).rejects.toThrow("failed");
  expect(await limit(async () => "third")).toBe("third");
  second.resolve("second");
  expect(await begun[1]).toBe("second");
});
