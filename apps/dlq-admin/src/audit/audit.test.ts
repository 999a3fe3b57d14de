import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SeededThings, seedThings } from "../testing/seed-things.ts";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";

let dlq: TestDlq;
const seeded: SeededThings[] = [];

beforeAll(async () => {
  dlq = await startTestDlq();
  for (let n = 0; n < 4; n++) seeded.push(await seedThings(dlq, dlq.tenant));
  await seedThings(dlq, dlq.stranger);
});
afterAll(() => dlq.stop());

const get = (path: string, key?: string) =>
  dlq.send("GET", `/admin/${path}`, key === undefined ? {} : { key });

describe("the audit log", () => {
  test("is listed newest first over pages, of one's own organization, or of all for operators", async () => {
    const first = await get("audit?limit=3");
    expect(first.body.data.map(({ seq }) => seq)).toEqual(["4", "3", "2"]);
    const second = await get(`audit?limit=3&cursor=${first.body.next_cursor}`);
    expect(second.body.data.map(({ seq }) => seq)).toEqual(["1"]);
    const all = await get("audit", dlq.operator);
    expect(new Set(all.body.data.map((row) => row.organization_id))).toEqual(
      new Set([dlq.tenant.organization, dlq.stranger.organization]),
    );
  });

  test("is narrowed by actor, action and target", async () => {
    const { body } = await get(`audit?actor=test&action=things.seeded&target=${seeded[1]?.subscription}`);
    expect(body.data).toHaveLength(1);
    expect((await get("audit?action=nothing")).body.data).toEqual([]);
  });

  test("verifies for one organization, the own one unless another is named", async () => {
    expect((await get("audit/verify")).body).toMatchObject({
      ok: true,
      entries: 4,
      head_seq: "4",
      complete: true,
    });
    const named = await get(`audit/verify?organization_id=${dlq.stranger.organization}`, dlq.operator);
    expect(named.body).toMatchObject({ ok: true, entries: 1 });
    expect((await get(`audit/verify?organization_id=${dlq.stranger.organization}`)).status).toBe(403);
  });

  test("names the first row that was changed behind everybody's back", async () => {
    await dlq.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update audit_log set actor = 'nobody' where organization_id = ${dlq.tenant.organizationId} and seq = 3`;
    });
    expect((await get("audit/verify")).body).toMatchObject({
      ok: false,
      fault: { seq: "3", reason: "altered" },
    });
  });
});

test("organizations are listed with what is open and the head of their chain; a tenant sees itself", async () => {
  const { body } = await get("organizations", dlq.operator);
  expect(body.data).toMatchObject([
    { id: dlq.stranger.organization, name: "stranger", audit_head_seq: "1" },
    { id: dlq.tenant.organization, name: "tenant", open_dead_letters: 0, alert: false, audit_head_seq: "4" },
  ]);
  expect((await get("organizations")).body.data).toHaveLength(1);
  expect((await get("organizations?q=TEN", dlq.operator)).body.data).toMatchObject([{ name: "tenant" }]);
});
