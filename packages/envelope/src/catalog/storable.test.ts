import { expect, test } from "vitest";
import { userCreatedPayload } from "./auth.ts";
import { emailEventPayload } from "./gtm.ts";
import { memberAddedPayload } from "./organization.ts";

const unstorable = ["a\u0000b", "\ud800"];
const user = { user_id: "u", email: "a@b.org", registration_role: "DOCTOR" };
const member = { organization_id: "o", user_id: "u", role: "ORG:DOCTOR" };
const email = { type: "email.sent", created_at: "2026-01-01T00:00:00Z", data: { email_id: "e" } };

test("payloads whose fields are kept in columns are accepted", () => {
  expect(userCreatedPayload.safeParse({ ...user, first_name: "Zoë" }).success).toBe(true);
  expect(memberAddedPayload.safeParse(member).success).toBe(true);
  expect(emailEventPayload.safeParse(email).success).toBe(true);
});

test.each(unstorable)(
  "%j in a field that is kept in a column is refused at once, not tried again",
  (text) => {
    for (const field of ["user_id", "email", "first_name", "last_name"]) {
      expect(userCreatedPayload.safeParse({ ...user, [field]: text }).success).toBe(false);
    }
    for (const field of ["organization_id", "user_id", "role"]) {
      expect(memberAddedPayload.safeParse({ ...member, [field]: text }).success).toBe(false);
    }
    expect(emailEventPayload.safeParse({ ...email, data: { email_id: text } }).success).toBe(false);
  },
);
