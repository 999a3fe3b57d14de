import { startReceiver } from "@carewire/testkit";
import { expect, test } from "vitest";
import { createDetailsFetcher } from "../../details/fetch-details.ts";
import { verify } from "../../verify/index.ts";
import { createFakeCarewire } from "./create-fake-carewire.ts";

const quick = { retryDelaysMs: [1, 1, 1] };

test("a handler that fails twice gets the same message three times, genuine each time", async () => {
  const seen: { id: string; body: string; ok: boolean }[] = [];
  const carewire = createFakeCarewire({
    ...quick,
    endpoint: async (request) => {
      const body = await request.text();
      const result = verify(body, request.headers, carewire.secrets);
      seen.push({ id: String(request.headers.get("webhook-id")), body, ok: result.ok });
      if (seen.length === 1) throw new Error("not yet");
      return new Response("said", { status: seen.length === 2 ? 500 : 200 });
    },
  });
  const delivery = await carewire.deliver("order.paid", { data: { order_id: "o_7" } });
  expect(delivery).toMatchObject({ status: "delivered", disablesEndpoint: false });
  expect(delivery.attempts).toMatchObject([
    { n: 1, status: null, nextStep: "retry", error: new Error("not yet") },
    { n: 2, status: 500, nextStep: "retry", responseBody: "said" },
    { n: 3, status: 200, nextStep: "delivered", reason: "answered 200" },
  ]);
  expect(new Set(seen.map(({ id }) => id))).toEqual(new Set([delivery.id]));
  expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
  expect(seen.every(({ ok }) => ok)).toBe(true);
  expect(JSON.parse(seen[0]?.body ?? "")).toMatchObject({ id: delivery.id, data: { order_id: "o_7" } });
});

test("a server is sent the headers the dispatcher sends, and its redirects are not followed", async () => {
  const receiver = await startReceiver({
    answer: { status: 302, headers: { location: "http://127.0.0.1:1/" } },
  });
  const carewire = createFakeCarewire({
    ...quick,
    endpoint: `${receiver.url}/hook`,
    scheme: "svix",
    format: "flat",
  });
  const delivery = await carewire.deliver("appointment.created");
  expect(delivery).toMatchObject({ status: "failed" });
  expect(delivery.attempts.map(({ status }) => status)).toEqual([302, 302, 302, 302]);
  expect(receiver.requests()[0]).toMatchObject({
    method: "POST",
    path: "/hook",
    headers: { "content-type": "application/json", "user-agent": "Carewire/1", "svix-id": delivery.id },
  });
  expect(receiver.requests()[0]?.headers).not.toHaveProperty("webhook-id");
  await receiver.close();
});

test("a receiver that hangs runs into the time limit, and one that is gone ends the deliveries", async () => {
  const hanging = createFakeCarewire({
    retryDelaysMs: [],
    timeoutMs: 20,
    endpoint: () => new Promise(() => {}),
  });
  expect(await hanging.deliver("order.paid")).toMatchObject({
    status: "failed",
    attempts: [{ status: null, reason: expect.stringContaining("no answer in time") }],
  });
  const gone = createFakeCarewire({ ...quick, endpoint: () => new Response(null, { status: 410 }) });
  expect(await gone.deliver("order.paid")).toMatchObject({ status: "failed", disablesEndpoint: true });
  expect(gone.deliveries()).toHaveLength(1);
});

test("a message can be delivered again, also at the same time", async () => {
  const ids: (string | null)[] = [];
  const carewire = createFakeCarewire({
    endpoint: (request) => {
      ids.push(request.headers.get("webhook-id"));
      return new Response();
    },
  });
  const { event } = await carewire.deliver("order.paid");
  const again = await Promise.all([carewire.redeliver(event), carewire.redeliver(event)]);
  expect(ids).toEqual(Array(3).fill(event.id));
  expect(again.map(({ id }) => id)).toEqual([event.id, event.id]);
});

test("details are served as the API serves them, in process and over HTTP", async () => {
  const carewire = createFakeCarewire({ endpoint: () => new Response() });
  const { url, close } = await carewire.listen();
  const event = { id: "evt_1", type: "appointment.created", data: { appointment_id: "appt 1" } };
  for (const host of [{ baseUrl: carewire.baseUrl, fetch: carewire.fetch }, { baseUrl: url }]) {
    const details = createDetailsFetcher({ ...host, credentials: carewire.apiKey });
    carewire.removeResource("appointment", "appt 1");
    expect(await details.fetchDetails(event)).toBeNull();
    carewire.setResource("appointment", "appt 1", { status: "BK" });
    expect(await details.fetchDetails(event)).toEqual({ status: "BK" });
    expect(await details.fetchDetails(event)).toEqual({ status: "BK" });
    carewire.setResource("appointment", "appt 1", { status: "CM" });
    expect(await details.fetchDetails(event)).toEqual({ status: "CM" });
    const stranger = createDetailsFetcher({ ...host, credentials: "cw_other" });
    await expect(stranger.fetchDetails(event)).rejects.toMatchObject({
      status: 401,
      code: "unauthenticated",
    });
  }
  const once = [404, 200, 304, 200].map((status) => ({
    kind: "appointment",
    id: "appt 1",
    status,
    delivery: "evt_1",
  }));
  expect(carewire.reads()).toEqual([...once, ...once]);
  await close();
});

test("under eka it sends thin bodies that its own secret verifies", async () => {
  const carewire = createFakeCarewire({
    scheme: "eka",
    format: "thin",
    secret: "supersecretkey",
    endpoint: async (request) => {
      const result = verify(await request.text(), request.headers, "supersecretkey", { scheme: "eka" });
      return new Response(null, { status: result.ok ? 200 : 401 });
    },
  });
  expect(await carewire.deliver("prescription.created")).toMatchObject({ status: "delivered" });
});
