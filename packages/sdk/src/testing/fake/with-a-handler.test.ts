import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../idempotency/index.ts";
import { createWebhookHandler } from "../../index.ts";
import { createFakeCarewire } from "./create-fake-carewire.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe.each(["envelope", "event", "flat", "thin"] as const)("a handler of %s deliveries", (format) => {
  function setUp(listener: () => unknown) {
    const seen: unknown[] = [];
    const carewire = createFakeCarewire({ secret, format, endpoint: (request) => handler.fetch(request) });
    const handler = createWebhookHandler({
      secrets: secret,
      payloadFormat: format,
      details: { baseUrl: carewire.baseUrl, credentials: carewire.apiKey, fetch: carewire.fetch },
      idempotency: createMemoryStore(),
      onOutcome: () => {},
    });
    handler.on("prescription.*", async (event) => {
      await listener();
      seen.push([event.id, event.type, await event.fetchDetails()]);
    });
    handler.onUnknown(() => {});
    carewire.setResource("prescription", "rx_1001", { medicines: 2 });
    return { carewire, seen };
  }

  test("sees an event once, however often and however much at a time it is delivered", async () => {
    const { carewire, seen } = setUp(() => new Promise((resolve) => setTimeout(resolve, 20)));
    const { event } = await carewire.deliver("prescription.created");
    const [first] = await Promise.all(Array.from({ length: 20 }, () => carewire.redeliver(event)));
    expect(first?.status).toBe("delivered");
    const another = { ...event, id: "evt_another" };
    const all = await Promise.all(Array.from({ length: 20 }, () => carewire.redeliver(another)));
    expect(all.every(({ status }) => status === "delivered")).toBe(true);
    expect(all.some(({ attempts }) => attempts[0]?.status === 503)).toBe(true);
    const details = { medicines: 2 };
    expect(seen).toEqual([event.id, another.id].map((id) => [id, "prescription.created", details]));
  });

  test("sees it again when its listener threw, and is done when it did not", async () => {
    let calls = 0;
    const { carewire, seen } = setUp(() => {
      calls += 1;
      if (calls < 3) throw new Error("not yet");
    });
    const delivery = await carewire.deliver("prescription.updated");
    expect(delivery.attempts.map(({ status }) => status)).toEqual([500, 500, expect.any(Number)]);
    expect(delivery).toMatchObject({ status: "delivered" });
    expect(seen).toHaveLength(1);
  });
});
