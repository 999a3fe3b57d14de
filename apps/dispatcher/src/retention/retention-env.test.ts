import { expect, test } from "vitest";
import { z } from "zod";
import { checkRetention, retentionEnvShape, retentionOf } from "./retention-env.ts";

const schema = z.object(retentionEnvShape).superRefine(checkRetention);

test("without settings payloads, attempts and requests stay a month, events three, the audit trail for ever", () => {
  expect(retentionOf(schema.parse({}))).toEqual({
    payloadDays: 30,
    attemptDays: 30,
    eventDays: 90,
    inboundDays: 30,
    auditDays: null,
  });
});

test("a lifetime is a number of days, or never", () => {
  const env = {
    RETENTION_EVENT_DAYS: "never",
    RETENTION_PAYLOAD_DAYS: "never",
    RETENTION_AUDIT_DAYS: "2190",
  };
  expect(retentionOf(schema.parse(env))).toMatchObject({
    eventDays: null,
    payloadDays: null,
    auditDays: 2_190,
  });
});

test.each(["0", "-1", "1.5", "soon", "99999", ""])("a lifetime of %j is refused", (days) => {
  const problem = schema.safeParse({ RETENTION_AUDIT_DAYS: days }).error?.issues[0];
  expect(problem?.path).toEqual(["RETENTION_AUDIT_DAYS"]);
});

test.each([
  ["RETENTION_PAYLOAD_DAYS", "91"],
  ["RETENTION_PAYLOAD_DAYS", "never"],
  ["RETENTION_ATTEMPT_DAYS", "never"],
])("%s of %s is refused while events stay 90 days", (name, days) => {
  const problem = schema.safeParse({ [name]: days }).error?.issues[0];
  expect(problem).toMatchObject({ path: [name], message: expect.stringContaining("RETENTION_EVENT_DAYS") });
});
