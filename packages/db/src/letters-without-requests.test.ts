import { readFile } from "node:fs/promises";
import { newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrations } from "./migrate.ts";

const organizationId = newId(Date.now());
const sourceId = newId(Date.now());
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
});
afterAll(() => database.drop());

/** A letter as older versions left it: of a request, or of an event. */
async function bury(status: string, source: string | null): Promise<string> {
  const [id, requestId] = [newId(Date.now()), newId(Date.now())];
  await database.sql`
    insert into inbound_requests (id, organization_id, source_id, verdict, external_id, headers, body_hash, body_bytes)
    values (${requestId}, ${organizationId}, ${sourceId}, 'malformed', 'msg_1', '{"content-type":"text/plain"}',
      ${Buffer.alloc(32)}, 0)`;
  await database.sql`
    insert into dead_letters (id, organization_id, inbound_request_id, source_id, topic, cause, error, status)
    values (${id}, ${organizationId}, ${requestId}, ${source}, 'x.y', 'malformed', 'e', ${status})`;
  return id;
}

test("letters that can be retried yet are given what their requests were known by and sent as", async () => {
  const [open, retrying] = [await bury("open", sourceId), await bury("retrying", sourceId)];
  const [closed, ofEvent] = [await bury("resolved", sourceId), await bury("open", null)];
  await database.sql`alter table dead_letters drop column message_id, drop column content_type`;
  await database.sql`drop index mobile_payments_due_of`;
  await database.sql`create index mobile_payments_due on mobile_payments (provider, next_look_at)`;
  await database.sql.unsafe(
    await readFile(new URL("../migrations/0014_letters_without_requests.sql", import.meta.url), "utf8"),
  );
  const kept = { message_id: "msg_1", content_type: "text/plain" };
  const nothing = { message_id: null, content_type: null };
  expect(await database.sql`select id, message_id, content_type from dead_letters order by id`).toEqual([
    { id: open, ...kept },
    { id: retrying, ...kept },
    { id: closed, ...nothing },
    { id: ofEvent, ...nothing },
  ]);
});
