import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFakeCarewire } from "../fake/create-fake-carewire.ts";
import { createTestWebhooks, newTestSecret } from "../test-webhooks.ts";
import { type RunningExample, startExample } from "./start-example.ts";

describe.each([
  { example: "standardwebhooks.mjs", schemes: ["standard-webhooks"] as const },
  { example: "svix.mjs", schemes: ["svix", "standard-webhooks"] as const },
])("the receiver $example", ({ example, schemes }) => {
  const secret = newTestSecret();
  let receiver: RunningExample;
  beforeAll(async () => {
    receiver = await startExample(example, secret);
  });
  afterAll(() => receiver?.stop());

  test.each(schemes)("takes what Carewire signs as %s, and during a rotation as well", async (scheme) => {
    for (const signedWith of [secret, [newTestSecret(), secret]]) {
      const carewire = createFakeCarewire({
        endpoint: receiver.url,
        secret: signedWith,
        scheme,
        retryDelaysMs: [],
      });
      const delivery = await carewire.deliver("order.paid");
      expect(delivery.attempts).toMatchObject([{ status: 204 }]);
      await eventually(() => receiver.output().includes(`${delivery.id} order.paid\n`));
    }
  });

  test.each(["expired", "fromFuture", "tampered", "wrongSecret", "unsigned", "forgedId"] as const)(
    "refuses one that is %s",
    async (variant) => {
      const [scheme] = schemes;
      const { headers, body } = createTestWebhooks({ secret, scheme })[variant]("order.paid");
      const response = await fetch(receiver.url, { method: "POST", headers, body });
      expect(response.status).toBe(401);
    },
  );
});
