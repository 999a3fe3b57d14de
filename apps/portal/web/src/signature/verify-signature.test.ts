import { expect, test } from "vitest";
import { verifySignature } from "./verify-signature.ts";

// The examples of docs/payload-formats.md, which the code that sends is tested against.
const envelope =
  '{"id":"evt_01kjmma2zme008000000000001","type":"appointment.created","created_at":"2026-03-01T12:00:00.000Z","data":{"appointment_id":"appt_789","patient_id":"pat_456","doctor_id":"dr_abc","status":"booked"},"metadata":{"api_version":"1.0","webhook_subscription_id":"sub_01kjng0000e008000000000003"}}';
const flat =
  '{"event_type":"appointment.created","appointment_id":"appt_789","patient_id":"pat_456","doctor_id":"dr_abc","status":"booked"}';
const thin =
  '{"service":"appointment","event":"appointment.created","event_time":1772366400,"transaction_id":"evt_01kjmma2zme008000000000001","timestamp":1772366400,"business_id":"org_01kjng0000e008000000000002","data":{"appointment_id":"appt_789","doctor_id":"dr_abc","patient_id":"pat_456","action":"created"},"client_id":"sub_01kjng0000e008000000000003"}';
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const publicKey = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const nowMs = 1_772_366_401_000 + 20_000;

const headers = (prefix: string, signature: string) =>
  `content-type: application/json\n${prefix}-id: evt_01kjmma2zme008000000000001\n${prefix}-timestamp: 1772366401\n${prefix}-signature: ${signature}`;
const v1 = headers("webhook", "v1,IlS5bl7rMGF0/cjAnrlViMKrChR67bcHEZ9jYaH5Edw=");
const v1a = headers(
  "Webhook",
  "v1a,fdXI2Pk+pB+0rOK5v5Km+gvtLTW4XHX8sSxzIy/JcDk/kQBxph0WZmZCdAVpBKKtCtJx8NRRVkCJfj1iTvgVAA==",
);
const svix = headers("svix", "v1,Apo2fQQmHnUB3l70Y0Tyzm//MCunzcEavwMkWJMQfkU=");
const eka =
  "Eka-Webhook-Signature: t=1772366401,v1=277b5d88fef034535002f06143c2480fe5a777bcd39c2efe4b064ac775eaab9f";

test.each([
  ["standard-webhooks", { headerLines: v1, body: envelope, secret }],
  ["a key pair", { headerLines: v1a, body: envelope, secret: publicKey }],
  ["svix", { headerLines: svix, body: flat, secret }],
  ["eka", { headerLines: eka, body: thin, secret: "supersecretkey" }],
])("the documented request under %s is valid", async (_, input) => {
  expect(await verifySignature(input, nowMs)).toEqual({
    kind: "valid",
    ageSeconds: 20,
    stale: false,
    signatures: 1,
  });
});

test("one byte more, another secret, or another id is no match", async () => {
  const other = `whsec_${btoa("0".repeat(32))}`;
  for (const input of [
    { headerLines: v1, body: envelope.replace("booked", "Booked"), secret },
    { headerLines: v1, body: envelope, secret: other },
    { headerLines: v1.replace("0001", "0002"), body: envelope, secret },
  ]) {
    expect(await verifySignature(input, nowMs)).toMatchObject({ kind: "mismatch" });
  }
});

test.each([
  ["white space", `${envelope}\n`],
  ["written compactly", JSON.stringify(JSON.parse(envelope), null, 2)],
])("a body that a server changed by accident is told by %s", async (words, body) => {
  const verdict = await verifySignature({ headerLines: v1, body, secret }, nowMs);
  expect(verdict).toMatchObject({ kind: "mismatch", hint: expect.stringContaining(words) });
});

test("a request that is older than receivers allow is valid, and said to be old", async () => {
  const verdict = await verifySignature({ headerLines: v1, body: envelope, secret }, nowMs + 300_000);
  expect(verdict).toMatchObject({ kind: "valid", stale: true });
});

test.each([
  ["headers", "no signature", { headerLines: "content-type: text/plain", body: "", secret }],
  ["secret", "white space", { headerLines: v1, body: envelope, secret: `${secret}\n` }],
  ["secret", "base64", { headerLines: v1, body: envelope, secret: "whsec_%%%" }],
  ["secret", "whsec_", { headerLines: v1, body: envelope, secret: publicKey }],
  ["secret", "starts with", { headerLines: v1, body: envelope, secret: "hello" }],
])("what is wrong with the %s is said: %s", async (field, words, input) => {
  const verdict = await verifySignature(input, nowMs);
  expect(verdict).toMatchObject({ kind: "unusable", field, detail: expect.stringContaining(words) });
});
