import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseText, inHex } from "./testing/database-text.ts";
import { createSubscription } from "./testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "./testing/start-test-api.ts";

const canary = "CANARYJaneDoe19800101";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

test("patient data in an event is in no log line, metric, audit row or column in the clear", async () => {
  const data = { order_id: canary, customer_id: canary };
  await api.send("POST", "/v1/events", { body: { type: "order.paid", id: "leak", data } });
  await api.send("POST", "/v1/events", {
    body: { type: "order.paid", data: { order_id: 7, customer_id: canary } },
  });
  await api.send("POST", "/v1/events", { body: `{"type":"order.paid","data":{"a":"${canary}"` });
  expect((await api.send("GET", "/v1/events/leak")).text).toContain(canary);
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  const database = await databaseText(api);
  for (const text of [api.logs(), metrics, database]) expect(text).not.toContain(canary);
  expect(database).not.toContain(inHex(canary));
});

test("a secret is shown at creation and on its own route, and nowhere else", async () => {
  const secret = `whsec_${Buffer.from(canary.repeat(2)).toString("base64")}`;
  const id = await createSubscription(api, { secret });
  const answers = [
    await api.send("GET", `/v1/subscriptions/${id}`),
    await api.send("GET", "/v1/subscriptions"),
    await api.send("PATCH", `/v1/subscriptions/${id}`, { body: { name: "x" } }),
    await api.send("PATCH", `/v1/subscriptions/${id}`, { body: { secret } }),
  ];
  expect((await api.send("GET", `/v1/subscriptions/${id}/secret`)).body).toEqual({ secret });
  const everything = [...answers.map((answer) => answer.text), api.logs(), await databaseText(api)].join(
    "\n",
  );
  expect(everything).not.toContain(secret);
  expect(everything).not.toContain(inHex(secret));
});

test("an API key is in no log line and no column", async () => {
  await api.send("GET", "/v1/events");
  expect(`${api.logs()}\n${await databaseText(api)}`).not.toContain(api.tenant.key);
});
