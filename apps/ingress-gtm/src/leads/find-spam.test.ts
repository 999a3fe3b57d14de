import { expect, test } from "vitest";
import { findSpam } from "./find-spam.ts";
import { readSubmission } from "./submission.ts";

const rules = { honeypots: ["_gotcha", "hidden-field"], fillTimeMinMs: 3_000 };
const submitted_at = "2026-01-01T00:00:00.000Z";
const reasonFor = (fields: Record<string, string>) =>
  findSpam(readSubmission({ source: "default", submitted_at, fields }), rules);

const good = { email: "sam@clinic.example" };

test.each<[string, Record<string, string>, string | null]>([
  ["a form with an e-mail address", good, null],
  ["a form with a phone number", { phone: "+49 30 123" }, null],
  ["an empty honeypot", { ...good, gotcha: "" }, null],
  ["a filled honeypot", { ...good, gotcha: "https://spam.example" }, "honeypot"],
  ["another filled honeypot", { ...good, hidden_field: "x" }, "honeypot"],
  ["filled in within 2,999 ms", { ...good, fill_time_ms: "2999" }, "too_fast"],
  ["filled in within 3,000 ms", { ...good, fill_time_ms: "3000" }, null],
  ["begun a second before", { ...good, started_at: "2025-12-31T23:59:59Z" }, "too_fast"],
  ["begun after it was submitted", { ...good, started_at: "2026-01-01T00:01:00Z" }, "too_fast"],
  ["begun a minute before", { ...good, started_at: "2025-12-31T23:59:00Z" }, null],
  ["a fill time that is none", { ...good, fill_time_ms: "soon" }, null],
  ["no contact", { name: "Sam" }, "no_contact"],
  ["a phone number without digits", { phone: "none" }, "no_contact"],
  ["no at sign", { email: "sam" }, "invalid_email"],
  ["no domain", { email: "sam@" }, "invalid_email"],
  ["no top-level domain", { email: "sam@localhost" }, "invalid_email"],
  ["two addresses", { email: "sam@a.example, x@b.example" }, "invalid_email"],
  ["a header injection", { email: "sam@a.example\nbcc: x@b.example" }, "invalid_email"],
  ["an international address", { email: "rené@müller.example" }, null],
  ["a disposable address", { email: "sam@mailinator.com" }, "disposable_email"],
  ["one of a domain below it, in capitals", { email: "sam@Some.Mailinator.COM" }, "disposable_email"],
  [
    "a disposable address beside a phone number",
    { email: "sam@mailinator.com", phone: "+49 30 123" },
    "disposable_email",
  ],
  ["a domain that only looks like it", { email: "sam@notmailinator.com.example" }, null],
  ["an address of a provider that many people have", { email: "sam@gmail.com" }, null],
  ["an endless address", { email: `${"a".repeat(65)}@b.example` }, "invalid_email"],
])("%s: %3$j", (_name, fields, reason) => {
  expect(reasonFor(fields)).toBe(reason);
});
