import { verifyAuditChain } from "@carewire/db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { auditOf } from "../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

describe("reading a secret", () => {
  test("gives what was shown at creation, and is audited", async () => {
    const created = await api.send("POST", "/v1/subscriptions", {
      body: { name: "x", url: "https://hooks.example.com/" },
    });
    const id = String(created.body.id);
    const answer = await api.send("GET", `/v1/subscriptions/${id}/secret`);
    expect(answer.body).toEqual({ secret: created.body.secret });
    expect((await auditOf(api, id)).at(-1)).toMatchObject({ action: "subscription.secret_read", detail: {} });
    expect(await verifyAuditChain(api.sql, api.tenant.organizationId)).toMatchObject({ ok: true });
  });
});

describe("listing subscriptions", () => {
  test("pages both ways and shows no secret", async () => {
    const ids = [
      await createSubscription(api),
      await createSubscription(api),
      await createSubscription(api),
    ].reverse();
    const first = await api.send("GET", "/v1/subscriptions?limit=2");
    expect(first.body).toMatchObject({ data: [{ id: ids[0] }, { id: ids[1] }], prev_cursor: null });
    const second = await api.send("GET", `/v1/subscriptions?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ data: [{ id: ids[2] }, {}] });
    const back = await api.send("GET", `/v1/subscriptions?limit=2&cursor=${second.body.prev_cursor}`);
    expect(back.body.data).toEqual(first.body.data);
    expect(first.text).not.toContain("whsec_");
  });

  test("shows a key of an account only that account's", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    const wide = await createSubscription(api);
    const own = await createSubscription(api, {}, key);
    const list = await api.send("GET", "/v1/subscriptions", { key });
    const items = list.body.data as { id: string; account_id: string }[];
    expect(items.map((item) => item.id)).toContain(own);
    expect(new Set(items.map((item) => item.account_id))).toEqual(new Set([api.tenant.account]));
    expect((await api.send("GET", `/v1/subscriptions/${wide}`, { key })).status).toBe(404);
    expect((await api.send("PATCH", `/v1/subscriptions/${wide}`, { key, body: { name: "x" } })).status).toBe(
      404,
    );
  });
});
