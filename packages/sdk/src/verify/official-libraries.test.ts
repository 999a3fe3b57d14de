import fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { expect, test } from "vitest";
import { verifyWithBoth } from "./testing/both-engines.ts";

const libraries = [
  { name: "standardwebhooks", family: "webhook", open: (secret: string) => new StandardWebhook(secret) },
  { name: "svix", family: "svix", open: (secret: string) => new SvixWebhook(secret) },
] as const;

const secrets = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString("base64")}`);
const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
// Within their tolerance as well as outside of it.
const agesSeconds = fc.oneof(fc.integer({ min: -250, max: 250 }), fc.integer({ min: -900, max: 900 }));
const changes = fc.constantFrom("none", "body", "id", "timestamp", "signature", "secret");

test.each(libraries)(
  "$name signs, and judges every changed request as both engines do",
  async ({ family, open }) => {
    await fc.assert(
      fc.asyncProperty(
        secrets,
        ids,
        fc.json(),
        agesSeconds,
        changes,
        async (secret, id, payload, age, change) => {
          const signedAt = new Date(Date.now() - age * 1000);
          const signature = open(secret).sign(id, signedAt, payload);
          const headers = {
            [`${family}-id`]: change === "id" ? `${id}x` : id,
            [`${family}-timestamp`]: String(
              Math.floor(signedAt.getTime() / 1000) + (change === "timestamp" ? 1 : 0),
            ),
            [`${family}-signature`]: change === "signature" ? `v1,${"A".repeat(43)}=` : signature,
          };
          const body = change === "body" ? `${payload} ` : payload;
          const known = change === "secret" ? `whsec_${Buffer.alloc(32, 5).toString("base64")}` : secret;
          // Not at the very edge, where a second may pass between the two.
          fc.pre(Math.abs(Math.abs(age) - 300) > 3);
          const ours = await verifyWithBoth(body, headers, known, { now: Date.now() });
          expect(ours.ok).toBe(accepts(() => open(known).verify(body, headers)));
          expect(ours.ok).toBe(change === "none" && Math.abs(age) < 300);
        },
      ),
      { numRuns: 150 },
    );
  },
);

function accepts(verify: () => unknown): boolean {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}
