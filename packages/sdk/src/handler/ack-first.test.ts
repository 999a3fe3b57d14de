import { expect, test, vi } from "vitest";
import { createMemoryStore } from "../idempotency/index.ts";
import { createWebhookHandler } from "./create-webhook-handler.ts";
import type { WebhookOutcome } from "./outcome.ts";
import { appointmentCreated, fetchRequest, secret } from "./testing/signed-request.ts";
import { WebhookError } from "./webhook-error.ts";
import type { WebhookJob } from "./webhook-job.ts";

function makeHandler(enqueue: (job: WebhookJob) => unknown, deadlineMs = 1_000) {
  const outcomes: WebhookOutcome[] = [];
  const handler = createWebhookHandler({
    secrets: secret,
    mode: "ack-first",
    enqueue,
    deadlineMs,
    idempotency: createMemoryStore(),
    onOutcome: (outcome) => void outcomes.push(outcome),
  });
  return { handler, outcomes };
}

test("the sender is answered when the queue has the event; a worker then processes it once", async () => {
  const queue: string[] = [];
  const { handler } = makeHandler((job) => queue.push(JSON.stringify(job)));
  const seen = vi.fn();
  handler.on("appointment.created", seen).onUnknown(() => {});
  const answers = [await handler.fetch(fetchRequest()), await handler.fetch(fetchRequest())];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(seen).not.toHaveBeenCalled();
  const results = [];
  for (const job of queue) results.push(await handler.process(JSON.parse(job)));
  expect(results).toEqual(["processed", "duplicate"]);
  expect(seen.mock.calls).toMatchObject([
    [{ id: "evt_1", data: appointmentCreated.data, createdAt: new Date(appointmentCreated.created_at) }],
  ]);
});

test.each<[string, () => unknown]>([
  ["rejects", () => Promise.reject(new Error("queue is down"))],
  [
    "throws",
    () => {
      throw new Error("queue is down");
    },
  ],
  ["hangs", () => new Promise(() => {})],
])("a queue that %s is answered 503, so nothing is lost", async (_name, enqueue) => {
  const { handler, outcomes } = makeHandler(enqueue, 100);
  handler.on("*", () => {});
  expect((await handler.fetch(fetchRequest())).status).toBe(503);
  expect(outcomes).toMatchObject([{ kind: "unavailable", what: "enqueue", id: "evt_1" }]);
});

test("a job whose listener throws is rejected with that error and may be processed again", async () => {
  const { handler } = makeHandler(() => {});
  const listener = vi.fn().mockRejectedValueOnce(new Error("no database"));
  handler.on("*", listener);
  const job: WebhookJob = { id: "evt_1", type: "order.paid", createdAt: null, data: {}, format: "flat" };
  await expect(handler.process(job)).rejects.toThrow("no database");
  expect(await handler.process(job)).toBe("processed");
});

test("a job that another worker has is rejected, so that the queue tries again", async () => {
  const { handler } = makeHandler(() => {});
  const { promise, resolve } = Promise.withResolvers<void>();
  handler.on("*", () => promise);
  const job: WebhookJob = { id: "evt_1", type: "order.paid", createdAt: null, data: {}, format: "flat" };
  const first = handler.process(job);
  await expect(handler.process(job)).rejects.toBeInstanceOf(WebhookError);
  resolve();
  expect(await first).toBe("processed");
});
