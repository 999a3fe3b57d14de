import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { auditOf } from "../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

async function createAccount(name: string): Promise<string> {
  const { status, text, body } = await api.send("POST", "/v1/accounts", { body: { name } });
  expect(status, text).toBe(201);
  return String(body.id);
}

const event = { type: "order.paid", data: { order_id: "o", customer_id: "c" } };

test("an account that was made can have subscriptions, keys and events of its own", async () => {
  const id = await createAccount("Clinic Rotterdam");
  expect((await api.send("GET", `/v1/accounts/${id}`)).body).toEqual({
    id,
    name: "Clinic Rotterdam",
    created_at: expect.any(String),
  });
  expect(await auditOf(api, id)).toMatchObject([{ action: "account.created" }]);
  const subscription = { name: "n", url: "https://hooks.example.com/a", account_id: id };
  const subscribed = await api.send("POST", "/v1/subscriptions", { body: subscription });
  expect(subscribed.body).toMatchObject({ account_id: id });
  const published = await api.send("POST", "/v1/events", { body: { ...event, account_id: id } });
  expect(published.status, published.text).toBe(202);
  const body = { name: "k", scopes: ["accounts:read", "accounts:write"], account_id: id };
  const made = await api.send("POST", "/v1/api-keys", { body });
  const key = String(made.body.key);
  const listed = await api.send("GET", "/v1/accounts", { key });
  expect((listed.body.data as { id: string }[]).map((account) => account.id)).toEqual([id]);
  const refused = await api.send("POST", "/v1/accounts", { key, body: { name: "mine" } });
  expect(refused.body).toMatchObject({ status: 403, code: "insufficient_scope" });
});

test("accounts are listed newest first, page by page", async () => {
  const [older, newer] = [await createAccount("older"), await createAccount("newer")];
  const first = await api.send("GET", "/v1/accounts?limit=1");
  expect(first.body.data).toMatchObject([{ id: newer, name: "newer" }]);
  const second = await api.send("GET", `/v1/accounts?limit=1&cursor=${first.body.next_cursor}`);
  expect(second.body.data).toMatchObject([{ id: older, name: "older" }]);
});

test.each([
  [{}, "name"],
  [{ name: "" }, "name"],
  [{ name: "n", id: "acc_1" }, "id"],
])("an account of %j is refused", async (body, path) => {
  const answer = await api.send("POST", "/v1/accounts", { body });
  expect(answer.body).toMatchObject({ status: 422, errors: [{ path }] });
});
