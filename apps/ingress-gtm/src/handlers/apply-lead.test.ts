import { connect, migrations, type Sql } from "@carewire/db";
import { eventTypes, type LeadSubmittedPayload, newId, publicId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { apply, openVault, publishedBy } from "../testing/apply.ts";
import { createApplyLead } from "./apply-lead.ts";

let database: TestDatabase;
let sql: Sql;
let organizationId: string;
const startMs = 1_767_225_600_000;
const hourMs = 3_600_000;
const handler = createApplyLead({
  clock: { now: () => Date.now() },
  vault: openVault,
  spamRules: { honeypots: ["_gotcha"], fillTimeMinMs: 3_000 },
});

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.serviceUrl, max: 8, applicationName: "apply-lead-test" });
});
beforeEach(() => {
  organizationId = newId(Date.now());
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

function submit(fields: Record<string, string>, hours = 0): Promise<void> {
  const submitted_at = new Date(startMs + hours * hourMs).toISOString();
  const payload: LeadSubmittedPayload = { source: "website", submitted_at, fields };
  return apply(sql, organizationId, handler, payload);
}

const leads = () => sql`select * from leads where organization_id = ${organizationId} order by id`;
const published = () => publishedBy(sql, organizationId);

test("a form becomes a lead, sealed but for what tells nothing of the person, and subscribers hear of it", async () => {
  await submit({
    email: "Sam@Clinic.example",
    name: "Sam Doe",
    campaign: "spring",
    consent: "yes",
    consent_text: "You may write.",
  });
  const [lead] = await leads();
  expect(lead).toMatchObject({
    source: "website",
    campaign: "spring",
    status: "accepted",
    reason: null,
    consent_given: true,
    consent_text: "You may write.",
    consent_at: new Date(startMs),
    submissions: 1,
  });
  const { details, ...rest } = lead ?? {};
  expect(JSON.parse(details.toString())).toMatchObject({ email: "sam@clinic.example", name: "Sam Doe" });
  expect(JSON.stringify(rest)).not.toMatch(/sam/i);
  const [told, ...more] = await published();
  expect(more).toEqual([]);
  expect(told).toMatchObject({
    type: "lead.created",
    payload: {
      lead_id: publicId("led", lead?.id),
      email: "sam@clinic.example",
      consent: { given: true, text: "You may write.", at: new Date(startMs).toISOString() },
    },
  });
  expect(eventTypes.get("lead.created")?.schema.safeParse(told?.payload).success).toBe(true);
});

test.each<[string, Record<string, string>, string]>([
  ["a filled honeypot", { email: "bot@spam.example", gotcha: "x" }, "honeypot"],
  ["a form filled in at once", { email: "bot@spam.example", elapsed_ms: "40" }, "too_fast"],
  ["no contact", { message: "buy" }, "no_contact"],
])("%s is held back with its reason, and nobody hears of it", async (_name, fields, reason) => {
  await submit(fields);
  expect(await leads()).toMatchObject([{ status: "quarantined", reason, decided_at: null }]);
  expect(await published()).toEqual([]);
});

test("concurrent repeats of a contact and campaign are one lead with the latest details, told once", async () => {
  const at = [3, 1, 5, 2, 4];
  await Promise.all(
    at.map((hours) =>
      submit({ email: "sam@clinic.example", campaign: "spring", message: `${hours}` }, hours),
    ),
  );
  const rows = await leads();
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    submissions: 5,
    first_submitted_at: new Date(startMs + hourMs),
    last_submitted_at: new Date(startMs + 5 * hourMs),
  });
  expect(JSON.parse(rows[0]?.details.toString())).toMatchObject({ message: "5" });
  expect(await published()).toHaveLength(1);
});

test("another campaign, another contact, or a day later is another lead", async () => {
  await submit({ email: "sam@clinic.example", campaign: "spring" });
  await submit({ email: "sam@clinic.example", campaign: "summer" });
  await submit({ email: "kim@clinic.example", campaign: "spring" });
  await submit({ email: "sam@clinic.example", campaign: "spring" }, 23.9);
  await submit({ email: "sam@clinic.example", campaign: "spring" }, 24);
  const rows = await leads();
  expect(rows.map((row) => row.submissions)).toEqual([2, 1, 1, 1]);
  expect(await published()).toHaveLength(4);
});

test("a phone number written in two ways is one contact", async () => {
  await submit({ phone: "+49 30 123" });
  await submit({ tel: "0049-30-123" });
  expect(await leads()).toMatchObject([{ submissions: 2 }]);
});

test("spam of a known contact does not touch the lead, and is held back once", async () => {
  const fields = { email: "sam@clinic.example" };
  await submit(fields);
  await submit({ ...fields, gotcha: "x" }, 1);
  await submit({ ...fields, gotcha: "x" }, 2);
  expect(await leads()).toMatchObject([
    { status: "accepted", submissions: 1 },
    { status: "quarantined", submissions: 2 },
  ]);
});

test("repeats of what was discarded do not come back", async () => {
  await submit({ email: "bot@spam.example", gotcha: "x" });
  await sql`update leads set status = 'discarded' where organization_id = ${organizationId}`;
  await submit({ email: "bot@spam.example", gotcha: "x" }, 1);
  expect(await leads()).toMatchObject([{ status: "discarded", submissions: 2 }]);
});

test("consent that came with a repeat is kept with its text and time, and not taken back by silence", async () => {
  const fields = { email: "sam@clinic.example" };
  await submit({ ...fields, consent: "no" });
  await submit({ ...fields, consent: "yes", consent_text: "You may call." }, 1);
  await submit(fields, 2);
  expect(await leads()).toMatchObject([
    { consent_given: true, consent_text: "You may call.", consent_at: new Date(startMs + hourMs) },
  ]);
});
