import { readFileSync } from "node:fs";
import { parseSigner, type SignatureScheme } from "@carewire/verifiers";
import { expect, test } from "vitest";
import { bodyOf, buildEvent, buildTail, type PayloadFormat } from "./build-body.ts";
import { headerLines, outgoingHeaders } from "./outgoing-headers.ts";

const guide = readFileSync(new URL("../../../../docs/payload-formats.md", import.meta.url), "utf8");
const fields = '{"appointment_id":"appt_789","patient_id":"pat_456","doctor_id":"dr_abc","status":"booked"}';
const event = buildEvent({
  id: "019ca945-0bf4-7000-8000-000000000001",
  organizationId: "019cab00-0000-7000-8000-000000000002",
  externalId: null,
  type: "appointment.created",
  occurredAtMs: Date.parse("2026-03-01T12:00:00Z"),
  data: Buffer.from(fields),
});
const subscriptionId = "019cab00-0000-7000-8000-000000000003";

const bodyIn = (format: PayloadFormat) => bodyOf(event, format, buildTail(format, subscriptionId));

test.each(["envelope", "event", "flat", "thin"] as const)(
  "the guide shows the %s body as it is sent",
  (format) => {
    expect(guide).toContain(`\n${bodyIn(format)}\n`);
  },
);

const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const whsk = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";

test.each<[SignatureScheme, PayloadFormat, string[]]>([
  ["standard-webhooks", "envelope", [whsec]],
  ["standard-webhooks", "envelope", [whsk]],
  ["svix", "flat", [whsec]],
  ["eka", "thin", ["supersecretkey"]],
  ["none", "thin", []],
])("the guide shows the headers of %s (%s) as they are sent", (scheme, format, secrets) => {
  const parsed = parseSigner(scheme, secrets);
  if (!parsed.ok) throw new Error(parsed.detail);
  const message = { messageId: event.messageId, timestampSeconds: 1_772_366_401, body: bodyIn(format) };
  const headers = outgoingHeaders(parsed.signer, { ...message, traceparent: null });
  expect(guide).toContain(`\n${headerLines(headers)}`);
});
