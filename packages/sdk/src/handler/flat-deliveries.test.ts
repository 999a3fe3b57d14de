import { expect, test } from "vitest";
import { createMemoryStore } from "../idempotency/index.ts";
import { createTestWebhooks } from "../testing/index.ts";
import { createWebhookHandler } from "./create-webhook-handler.ts";
import type { SenderOptions } from "./handler-options.ts";

const webhooks = createTestWebhooks({ scheme: "eka", format: "flat" });

test.each<[string, "build" | "unsigned", SenderOptions]>([
  ["under Eka's scheme", "build", { scheme: "eka", secrets: webhooks.secrets }],
  ["unsigned", "unsigned", { allowUnsigned: true }],
])("two flat events about one thing are both seen, a repetition is not: %s", async (_, make, sender) => {
  const seen: unknown[] = [];
  const handler = createWebhookHandler({ ...sender, idempotency: createMemoryStore() });
  handler.on("*", ({ id, data }) => void seen.push([id, data]));
  const data = { id: "order_1", transaction_id: "payment_1" };
  for (const id of ["evt_1", "evt_2", "evt_2"]) {
    const response = await handler.fetch(webhooks[make]("shop.order_changed", { id, data }).toRequest());
    expect(response.status).toBe(200);
  }
  expect(seen).toEqual([
    ["evt_1", data],
    ["evt_2", data],
  ]);
});

test("an unsigned flat body without a message id is refused, not taken for what it is about", async () => {
  const handler = createWebhookHandler({ allowUnsigned: true, onOutcome: () => {} });
  handler.on("*", () => {});
  const body = '{"event_type":"order.paid","id":"order_1"}';
  const response = await handler.fetch(new Request("http://127.0.0.1/", { method: "POST", body }));
  expect([response.status, await response.json()]).toEqual([
    401,
    expect.objectContaining({ code: "header_missing", detail: expect.stringContaining("webhook-id") }),
  ]);
});
