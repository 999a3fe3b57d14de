import { parsePublicId } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addLead } from "../testing/fill-tenant.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const add = (options?: { email?: string; campaign?: string }) => addLead(api, api.tenant, options);
const decide = (id: string, how: "release" | "discard", body: object = {}) =>
  api.send("POST", `/v1/leads/${id}/${how}`, { body });

/** What subscribers are told about the lead. */
async function told(id: string) {
  const { organizationId } = api.tenant;
  const rows = await api.sql<{ id: string; type: string; queued: boolean; body: Buffer }[]>`
    select e.id, e.type, q.event_id is not null queued, p.body from events e join event_payloads p on p.id = e.id
    left join route_queue q on q.event_id = e.id
    where e.organization_id = ${organizationId} and e.subject = ${id} order by e.id`;
  const dataKey = await api.vault.dataKey(organizationId);
  return rows.map(({ id: eventId, type, queued, body }) => {
    const data = JSON.parse(dataKey.open(`event_payloads:${eventId}`, body).toString());
    return { type, queued, data };
  });
}

test("a lead that was held back is listed without its person, and read with it", async () => {
  const campaign = "listed";
  const id = await add({ campaign });
  const list = await api.send("GET", `/v1/leads?status=quarantined&campaign=${campaign}`, {});
  expect(list.body.data).toMatchObject([
    {
      id,
      status: "quarantined",
      reason: "too_fast",
      source: "website",
      campaign,
      consent: { given: true, text: "You may write." },
      submissions: 1,
    },
  ]);
  expect(list.text).not.toContain("sam@clinic.example");
  const read = await api.send("GET", `/v1/leads/${id}`, {});
  expect(read.body).toMatchObject({
    ...(list.body.data as object[])[0],
    email: "sam@clinic.example",
    name: "Sam Doe",
  });
  const other = await api.send("GET", `/v1/leads?status=accepted&campaign=${campaign}`, {});
  expect(other.body.data).toEqual([]);
});

test("released, it is accepted, says by whom, keeps its reason, and is told with its consent", async () => {
  const id = await add();
  const answer = await decide(id, "release");
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    id,
    status: "accepted",
    reason: "too_fast",
    decided_by: expect.stringMatching(/^key_/),
    decided_at: expect.any(String),
  });
  expect(await told(id)).toMatchObject([
    {
      type: "lead.created",
      queued: true,
      data: { lead_id: id, email: "sam@clinic.example", consent: { given: true, text: "You may write." } },
    },
  ]);
});

test("ten clicks at once release it once: the others get 409", async () => {
  const id = await add();
  const answers = await Promise.all(Array.from({ length: 10 }, () => decide(id, "release")));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(9).fill(409)]);
  expect(await told(id)).toHaveLength(1);
});

test("discarded, it stays on record with who and why, is told to nobody, and can still be released", async () => {
  const id = await add();
  expect((await decide(id, "discard", { reason: "advertising" })).body).toMatchObject({
    status: "discarded",
  });
  expect((await decide(id, "discard", { reason: "again" })).status).toBe(200);
  expect(await told(id)).toEqual([]);
  const entries = await api.sql`select action, detail from audit_log where target = ${id} order by seq`;
  expect([...entries]).toEqual([{ action: "lead.discarded", detail: { reason: "advertising" } }]);
  expect((await decide(id, "release")).body).toMatchObject({ status: "accepted" });
  expect(await told(id)).toHaveLength(1);
});

test("what is accepted cannot be discarded", async () => {
  const id = await add();
  await decide(id, "release");
  expect((await decide(id, "discard", { reason: "late" })).status).toBe(409);
  const [row] = await api.sql`select status from leads where id = ${parsePublicId("led", id)}`;
  expect(row).toEqual({ status: "accepted" });
});

test("pages hold every lead once, newest first", async () => {
  const ids = [];
  for (let n = 0; n < 5; n++) ids.push(await add({ campaign: "pages" }));
  const seen: string[] = [];
  for (let cursor = ""; ; ) {
    const answer = await api.send("GET", `/v1/leads?campaign=pages&limit=2${cursor}`, {});
    seen.push(...(answer.body.data as { id: string }[]).map(({ id }) => id));
    if (answer.body.next_cursor === null) break;
    cursor = `&cursor=${answer.body.next_cursor}`;
  }
  expect(seen).toEqual(ids.toReversed());
});
