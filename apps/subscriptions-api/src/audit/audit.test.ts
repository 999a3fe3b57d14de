import { appendAudit } from "@carewire/db";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { createTenant, type TestTenant } from "../testing/test-tenant.ts";
import { lookedAtMax } from "./list-audit.ts";

let api: TestApi;
let tenant: TestTenant;
const startMs = Date.UTC(2026, 10, 20, 12);

interface Entry {
  seq: string;
  action: string;
  hash: string;
}

beforeAll(async () => {
  api = await startTestApi();
  tenant = await createTenant(api.sql, "audited");
  for (let n = 1; n <= 6; n++) {
    await api.sql.begin((tx) =>
      appendAudit(tx, {
        organizationId: tenant.organizationId,
        actor: n % 2 === 0 ? "key_even" : "key_odd",
        action: n > 4 ? "thing.removed" : "thing.made",
        target: `sub_${Math.ceil(n / 3)}`,
        detail: { n },
        now: new Date(startMs + n * 60_000),
      }),
    );
  }
});
afterAll(() => api.stop());

const get = (path: string) => api.send("GET", path, { key: tenant.key });
const seqsOf = (body: Record<string, unknown>) => (body.data as Entry[]).map(({ seq }) => seq);

test("entries are listed newest first, each with all it says and its hash", async () => {
  const { body } = await get("/v1/audit");
  expect(seqsOf(body)).toEqual(["6", "5", "4", "3", "2", "1"]);
  expect((body.data as unknown[])[0]).toMatchObject({
    actor: "key_even",
    action: "thing.removed",
    target: "sub_2",
    detail: { n: 6 },
    created_at: "2026-11-20T12:06:00.000Z",
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test.each([
  ["actor=key_odd", ["5", "3", "1"]],
  ["action=thing.removed", ["6", "5"]],
  ["target=sub_1", ["3", "2", "1"]],
  ["since=2026-11-20T12:05:00Z", ["6", "5"]],
  ["until=2026-11-20T12:03:00Z", ["2", "1"]],
  ["actor=key_even&target=sub_2", ["6", "4"]],
  ["actor=nobody", []],
])("the list can be narrowed by %s", async (filter, expected) => {
  expect(seqsOf((await get(`/v1/audit?${filter}`)).body)).toEqual(expected);
});

test("pages lead through all entries and back", async () => {
  const first = await get("/v1/audit?limit=4");
  expect(seqsOf(first.body)).toEqual(["6", "5", "4", "3"]);
  const second = await get(`/v1/audit?limit=4&cursor=${first.body.next_cursor}`);
  expect(seqsOf(second.body)).toEqual(["2", "1"]);
  expect(second.body.next_cursor).toBeNull();
  const back = await get(`/v1/audit?limit=4&cursor=${second.body.prev_cursor}`);
  expect(seqsOf(back.body)).toEqual(["6", "5", "4", "3"]);
  expect((await get(`/v1/audit?limit=4&actor=key_odd&cursor=${first.body.next_cursor}`)).status).toBe(400);
});

test("a bounded number of entries is looked at for a page: behind a filter that hardly any passes, it says where to go on", async () => {
  const { organizationId, key } = await createTenant(api.sql, "busy");
  const now = new Date();
  await api.sql.begin((tx) =>
    appendAudit(tx, {
      organizationId,
      actor: "key_rare",
      action: "thing.lost",
      target: "sub_busy",
      detail: {},
      now,
    }),
  );
  // Their ids are older than that of the entry before them: clocks differ, the chain goes by number.
  await api.sql`
    insert into audit_log (organization_id, seq, id, actor, action, target, created_at, previous_hash, hash)
    select ${organizationId}, n + 1, uuidv7(interval '-1 day'), 'key_common', 'thing.made', 'sub_busy', now(), '', ''
    from generate_series(1, ${lookedAtMax}::int) n`;
  for (const query of ["action=thing.lost", "actor=key_rare&target=sub_busy", `since=${now.toISOString()}`]) {
    const path = `/v1/audit?${query}`;
    const first = await api.send("GET", path, { key });
    expect(first.body).toMatchObject({ data: [], prev_cursor: null, next_cursor: expect.any(String) });
    const second = await api.send("GET", `${path}&cursor=${first.body.next_cursor}`, { key });
    expect([seqsOf(second.body), second.body.next_cursor]).toEqual([["1"], null]);
  }
});

test("an untouched chain verifies, and names the head to keep elsewhere", async () => {
  const { body } = await get("/v1/audit/verify");
  const [newest] = (await get("/v1/audit")).body.data as Entry[];
  expect(body).toEqual({
    ok: true,
    entries: 6,
    head_seq: "6",
    head_hash: newest?.hash,
    complete: true,
    fault: null,
  });
  expect((await get("/v1/audit/verify?after_seq=4")).body).toMatchObject({
    ok: true,
    entries: 2,
    head_seq: "6",
  });
});

test("an organization without entries verifies too", async () => {
  const empty = await createTenant(api.sql, "empty");
  const { body } = await api.send("GET", "/v1/audit/verify", { key: empty.key });
  expect(body).toMatchObject({ ok: true, entries: 0, head_seq: null, complete: true });
});

test("a key of an account learns nothing of the organization's trail: 403", async () => {
  const { key } = await tenant.createKey({ accountId: tenant.accountId });
  for (const path of ["/v1/audit", "/v1/audit/verify"]) {
    expect((await api.send("GET", path, { key })).body).toMatchObject({
      status: 403,
      code: "insufficient_scope",
    });
  }
});

test("a row changed behind everybody's back is found and named", async () => {
  await api.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update audit_log set actor = 'key_innocent' where organization_id = ${tenant.organizationId} and seq = 3`;
  });
  expect((await get("/v1/audit/verify")).body).toMatchObject({
    ok: false,
    entries: 2,
    fault: { seq: "3", reason: "altered" },
  });
});
