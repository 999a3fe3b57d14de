import { connect, migrations, type Sql } from "@carewire/db";
import { type EmailEventPayload, eventTypes, newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apply, publishedBy } from "../testing/apply.ts";
import { createApplyEmail } from "./apply-email.ts";

let database: TestDatabase;
let sql: Sql;
const handler = createApplyEmail({ clock: { now: () => Date.now() } });

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 6, applicationName: "apply-email-test" });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const event = fc.record({
  type: fc.constantFrom(
    ...["scheduled", "sent", "delivery_delayed", "delivered", "opened", "clicked"].map((n) => `email.${n}`),
    ...["failed", "suppressed", "bounced", "complained", "received"].map((n) => `email.${n}`),
  ),
  created_at: fc
    .integer({ min: 0, max: 2 })
    .map((second) => new Date(1_767_225_600_000 + second * 1_000).toISOString()),
  data: fc.record({
    email_id: fc.constantFrom("e-1", "e-2"),
    bounce: fc.record({ type: fc.constantFrom("Permanent", "Transient"), subType: fc.constant("General") }),
  }),
});

/** A history of Resend's events, and two orders to deliver it in, with repeats. */
const deliveries = fc.array(event, { minLength: 1, maxLength: 8 }).chain((history) => {
  const repeated: EmailEventPayload[] = [...history, ...history];
  const order = fc.shuffledSubarray(repeated, { minLength: repeated.length });
  return fc.record({ first: order, second: order });
});

async function deliver(events: EmailEventPayload[], atOnce: number) {
  const organizationId = newId(Date.now());
  for (let i = 0; i < events.length; i += atOnce) {
    await Promise.all(
      events.slice(i, i + atOnce).map((payload) => apply(sql, organizationId, handler, payload)),
    );
  }
  const rows = await sql`
    select * from emails where organization_id = ${organizationId} order by email_id`;
  const published = await publishedBy(sql, organizationId);
  return {
    emails: rows.map(({ organization_id: _organization, updated_at: _updated, ...row }) => row),
    told: published.map(({ type, payload }) => `${type} ${payload.email_id}`).toSorted(),
    published,
  };
}

test("repeats, any order and concurrency end in the same rows, and tell each end of an e-mail once", async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ first, second }) => {
      const one = await deliver(first, 1);
      const other = await deliver(second, 4);
      expect(other.emails).toEqual(one.emails);
      expect(other.told).toEqual(one.told);
      expect(new Set(one.told).size).toBe(one.told.length);
      for (const { type, payload } of one.published) {
        expect(eventTypes.get(type)?.schema.safeParse(payload).success).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);
