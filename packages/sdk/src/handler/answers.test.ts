import { eventually } from "@carewire/testkit";
import { expect, test, vi } from "vitest";
import { createWebhookHandler } from "./create-webhook-handler.ts";
import { fetchRequest, secret } from "./testing/signed-request.ts";
import { WebhookError, type WebhookErrorOptions } from "./webhook-error.ts";

test.each<[WebhookErrorOptions, number, Record<string, string | null>]>([
  [{ retryable: false, code: "patient_unknown" }, 422, { "webhook-delivery": "abort-message" }],
  [{ retryAfterSeconds: 59.2 }, 503, { "retry-after": "60", "webhook-delivery": null }],
  [{}, 500, { "retry-after": null, "webhook-delivery": null }],
])("a listener says with a WebhookError what shall follow: %j is %i", async (options, status, headers) => {
  const handler = createWebhookHandler({ secrets: secret, onOutcome: () => {} });
  handler.on("*", () => {
    throw new WebhookError("patient Renée is unknown", options);
  });
  const response = await handler.fetch(fetchRequest());
  const body = await response.text();
  expect(response.status).toBe(status);
  expect(JSON.parse(body)).toMatchObject({ status, code: options.code ?? "rejected" });
  expect(body).not.toContain("Renée");
  for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toBe(value);
});

test("a WebhookError of the package's other module system counts as well", async () => {
  const foreign = Object.assign(new Error("x"), {
    name: "WebhookError",
    code: "x",
    retryable: false,
    retryAfterSeconds: null,
  });
  const handler = createWebhookHandler({ secrets: secret, onOutcome: () => {} });
  handler.on("*", () => Promise.reject(foreign));
  expect((await handler.fetch(fetchRequest())).status).toBe(422);
});

test("without an observer what goes wrong is written to the console, and nothing of the payload is", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    const handler = createWebhookHandler({ secrets: secret });
    const error = new Error("no database");
    handler.on("*", () => {
      throw error;
    });
    await handler.fetch(fetchRequest());
    await handler.fetch(new Request("http://127.0.0.1/", { method: "POST", body: "{}" }));
    expect(warn.mock.calls).toMatchObject([
      [expect.stringContaining("evt_1 (appointment.created) failed"), error],
      [expect.stringContaining("header_missing")],
    ]);
    expect(JSON.stringify(warn.mock.calls)).not.toContain("pat_456");
  } finally {
    warn.mockRestore();
  }
});

test.each([
  [
    "throws",
    () => {
      throw new Error("metrics are down");
    },
  ],
  ["rejects", async () => Promise.reject(new Error("metrics are down"))],
])("an observer that %s does not change the answer, and is written to the console", async (_, onOutcome) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    const handler = createWebhookHandler({ secrets: secret, onOutcome });
    handler.on("*", () => Promise.reject(new Error("no database")));
    expect((await handler.fetch(fetchRequest())).status).toBe(500);
    await eventually(() => warn.mock.calls.length === 2);
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining("evt_1 (appointment.created) failed"), new Error("no database")],
      [expect.stringContaining("onOutcome failed"), new Error("metrics are down")],
    ]);
  } finally {
    warn.mockRestore();
  }
});

test("an observer that never comes to an end is not waited for", async () => {
  const handler = createWebhookHandler({ secrets: secret, onOutcome: () => new Promise(() => {}) });
  handler.on("*", () => {});
  expect((await handler.fetch(fetchRequest())).status).toBe(200);
});

test("fetchDetails asks the client for this event, and says what to set up when there is none", async () => {
  const fetchDetails = vi.fn(async () => ({ starts_at: "09:30" }));
  const seen: unknown[] = [];
  const handler = createWebhookHandler({ secrets: secret, client: { fetchDetails } });
  handler
    .on("appointment.created", async (event) => seen.push(await event.fetchDetails()))
    .onUnknown(() => {});
  expect((await handler.fetch(fetchRequest())).status).toBe(200);
  expect(seen).toEqual([{ starts_at: "09:30" }]);
  const asked = { id: "evt_1", type: "appointment.created", data: { appointment_id: "appt_789" } };
  expect(fetchDetails).toHaveBeenCalledWith(
    expect.objectContaining({ ...asked, data: expect.objectContaining(asked.data) }),
    undefined,
  );

  const outcomes: unknown[] = [];
  const bare = createWebhookHandler({ secrets: secret, onOutcome: (outcome) => outcomes.push(outcome) });
  bare.on("*", (event) => event.fetchDetails());
  expect((await bare.fetch(fetchRequest())).status).toBe(500);
  expect(outcomes).toMatchObject([{ kind: "failed", error: { code: "details_not_configured" } }]);
});
