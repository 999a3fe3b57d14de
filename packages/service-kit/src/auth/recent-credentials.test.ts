import { createFakeClock } from "@carewire/testkit";
import { expect, test } from "vitest";
import type { FoundCredential } from "./found-credential.ts";
import { createRecentCredentials } from "./recent-credentials.ts";

const hash = Buffer.from("hash");
const found = { kind: "test" } as unknown as FoundCredential;

test("requests that come together share one query", async () => {
  let asked = 0;
  const credentials = createRecentCredentials(createFakeClock(0), async () => {
    asked++;
    return found;
  });
  expect(await Promise.all([credentials.find(hash), credentials.find(hash)])).toEqual([found, found]);
  expect(asked).toBe(1);
});

test("a query that takes long lets nobody in who came a second after what it saw was revoked", async () => {
  const clock = createFakeClock(0);
  const held = Promise.withResolvers<FoundCredential>();
  const answers = [held.promise, Promise.resolve(null), Promise.resolve(null)];
  const credentials = createRecentCredentials(clock, async () => (await answers.shift()) ?? null);
  const early = credentials.find(hash);
  clock.advance(1_000);
  expect(await credentials.find(hash)).toBeNull();
  held.resolve(found);
  expect(await early).toBe(found);
  expect(await credentials.find(hash)).toBeNull();
});
