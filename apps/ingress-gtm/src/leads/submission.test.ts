import { expect, test } from "vitest";
import { readSubmission } from "./submission.ts";

const submittedAt = new Date("2026-01-01T00:00:00Z");
const read = (fields: Record<string, string>) =>
  readSubmission({ source: "website", submitted_at: submittedAt.toISOString(), fields });

test("a lead is found under the names that forms use", () => {
  const fields = {
    work_email: "Sam@Clinic.example",
    first_name: "Sam",
    last_name: "Doe",
    tel: "0049 (30) 123-4",
    utm_campaign: "spring",
    comments: "Call me.",
    source_url: "https://clinic.example",
  };
  expect(read(fields)).toMatchObject({
    source: "website",
    campaign: "spring",
    submittedAt,
    consent: null,
    fillTimeMs: null,
    details: {
      email: "sam@clinic.example",
      phone: "+49301234",
      name: "Sam Doe",
      message: "Call me.",
      pageUrl: "https://clinic.example",
      fields,
    },
  });
});

test.each<[Record<string, string>, object | null]>([
  [{ consent: "yes" }, { given: true, text: null, at: submittedAt }],
  [
    { gdpr_consent: "ON", consent_text: "You may call." },
    { given: true, text: "You may call.", at: submittedAt },
  ],
  [
    { consent: "true", consent_at: "2025-12-31T23:00:00Z" },
    { given: true, text: null, at: new Date("2025-12-31T23:00:00Z") },
  ],
  [
    { consent: "true", consent_at: "2030-01-01T00:00:00Z" },
    { given: true, text: null, at: submittedAt },
  ],
  [{ consent: "no" }, { given: false, text: null, at: submittedAt }],
  [{ consent: "" }, { given: false, text: null, at: submittedAt }],
  [{ consent: "I do not agree" }, null],
  [{}, null],
])("consent is kept as it was given: %j", (fields, consent) => {
  expect(read(fields).consent).toEqual(consent);
});
