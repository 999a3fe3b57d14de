import { afterAll, beforeAll, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
  await api.sql`insert into dispatcher_instances (id, heartbeat_at)
    values (${crypto.randomUUID()}, now() + interval '1 hour')`;
});
afterAll(() => api.stop());

type Checks = Record<string, { status: string; detail: string }>;

async function examine(): Promise<{ ok: unknown; checks: Checks }> {
  const { body } = await api.send("GET", "/v1/doctor");
  const checks = body.checks as { name: string; status: string; detail: string }[];
  return { ok: body.ok, checks: Object.fromEntries(checks.map((check) => [check.name, check])) };
}

test("a sound platform passes every check, and every delivery is counted", async () => {
  const subscription = await createSubscription(api);
  await seedDelivery(api, { subscription });
  await seedDelivery(api, { subscription, status: 2, tries: [200] });
  const { ok, checks } = await examine();
  expect(ok, JSON.stringify(checks)).toBe(true);
  expect(checks["conservation of deliveries"]?.detail).toMatch(
    /^0 of 2 unaccounted: 1 delivered.* 1 pending/,
  );
  expect(checks["audit chains"]?.detail).toMatch(/^[1-9]\d* entries of 2 organizations/);
  expect(checks.dispatchers?.detail).toBe("1 running");
});

test("a delivery that fell out of its queue is found", async () => {
  const lost = await seedDelivery(api, { subscription: await createSubscription(api) });
  const [row] = await api.sql`delete from delivery_queue where id = ${lost.rowId} returning *`;
  const { ok, checks } = await examine();
  expect(ok).toBe(false);
  expect(checks["conservation of deliveries"]).toMatchObject({
    status: "failed",
    detail: expect.stringMatching(/^1 of/),
  });
  await api.sql`insert into delivery_queue ${api.sql({ ...row })}`;
  expect((await examine()).ok).toBe(true);
});

test("an audit entry that was changed, and a partition that is missing, are found", async () => {
  const today = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  await api.sql.unsafe(`alter table attempts_${today} rename to attempts_gone`);
  expect((await examine()).checks.partitions).toMatchObject({
    status: "failed",
    detail: expect.stringContaining(today),
  });
  await api.sql.unsafe(`alter table attempts_gone rename to attempts_${today}`);
  await api.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update audit_log set action = 'nothing.happened' where organization_id = ${api.tenant.organizationId} and seq = 1`;
  });
  expect((await examine()).checks["audit chains"]?.status).toBe("failed");
});

test("is for operators only", async () => {
  const { key } = await api.tenant.createKey({ scopes: ["audit:read", "deliveries:read"] });
  expect((await api.send("GET", "/v1/doctor", { key })).status).toBe(403);
});
