import { migrations } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findEntry } from "./entry-row.ts";
import { isJsonEntry } from "./is-json-entry.ts";

const organizationId = newId(Date.now());
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
});
afterAll(() => database.drop());

test.each([
  ["application/json; charset=utf-8", true],
  ["x-application/hl7-v2+er7", false],
  [null, false],
])(
  "the letter of a request that is not kept any more and was sent as %s: JSON only is %s",
  async (sentAs, isJson) => {
    const id = newId(Date.now());
    await database.sql`
    insert into dead_letters (id, organization_id, inbound_request_id, source_id, topic, cause, error, content_type)
    values (${id}, ${organizationId}, ${newId(Date.now())}, ${newId(Date.now())}, 'x.y', 'malformed', 'e', ${sentAs})`;
    const found = await database.sql.begin(async (tx) => {
      const entry = await findEntry(tx, { organizationId }, id);
      return entry && isJsonEntry(tx, entry);
    });
    expect(found).toBe(isJson);
  },
);
