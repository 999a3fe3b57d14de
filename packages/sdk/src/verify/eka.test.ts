import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { verifyWithBoth } from "./testing/both-engines.ts";

const key = "super secret key";
const nowSeconds = 1_767_225_600;
const now = nowSeconds * 1000;
const body = '{"event":"appointment.created","transaction_id":"evt_1","data":{}}';

const mac = (secret: string, text: string) =>
  createHmac("sha256", secret).update(`${nowSeconds}.${text}`).digest("hex");
const signed = (secret: string, text: string) => ({
  "Eka-Webhook-Signature": `t=${nowSeconds},v1=${mac(secret, text)}`,
});

test("an Eka signature is checked with the key's text, with or without naming the scheme", async () => {
  const expected = { ok: true, scheme: "eka", id: "evt_1", timestampSeconds: nowSeconds };
  expect(await verifyWithBoth(body, signed(key, body), key, { now })).toMatchObject(expected);
  expect(await verifyWithBoth(body, signed(key, body), key, { now, scheme: "eka" })).toMatchObject(expected);
  expect(await verifyWithBoth(body, signed(key, body), key, { now, scheme: "svix" })).toMatchObject({
    ok: false,
  });
});

test("while a key is changed any of several v1 and keys will do", async () => {
  const header = `t=${nowSeconds},v1=${mac("new", body)},v1=${mac("old", body)}`;
  const headers = { "eka-webhook-signature": header };
  expect(await verifyWithBoth(body, headers, ["other", "old"], { now })).toMatchObject({
    matchedSecretIndex: 1,
  });
  expect(await verifyWithBoth(body, headers, "other", { now })).toMatchObject({ code: "signature_mismatch" });
});

test("the tolerance is three minutes both ways, unless told otherwise", async () => {
  const at = (offsetSeconds: number, toleranceSeconds?: number) =>
    verifyWithBoth(body, signed(key, body), key, { now: now + offsetSeconds * 1000, toleranceSeconds });
  expect([(await at(180)).ok, (await at(-180)).ok, (await at(300, 300)).ok]).toEqual([true, true, true]);
  expect(await at(181)).toMatchObject({ code: "timestamp_too_old" });
  expect(await at(-181)).toMatchObject({ code: "timestamp_in_future" });
});

test("the signed body's id counts before the header, which nobody signed", async () => {
  const idOf = async (text: string, headers = {}) => {
    const result = await verifyWithBoth(text, { ...signed(key, text), ...headers }, key, { now });
    return result.ok ? result.id : result.code;
  };
  const header = { "webhook-id": "evt_other" };
  expect(await idOf(body, header)).toBe("evt_1");
  expect(await idOf('{"id":"evt_2"}', header)).toBe("evt_2");
  expect(await idOf('{"event_type":"order.paid"}', header)).toBe("evt_other");
  expect(await idOf('{"transaction_id":7}')).toMatch(/^sha256-[0-9a-f]{64}$/);
  expect(await idOf("[]")).not.toBe(await idOf("{}"));
});

test("a flat body's own ids are no message ids: the header counts, else the whole body", async () => {
  const idOf = async (fields: object, headers = {}) => {
    const text = JSON.stringify({ event_type: "order.paid", ...fields });
    const result = await verifyWithBoth(text, { ...signed(key, text), ...headers }, key, { now });
    return result.ok ? result.id : result.code;
  };
  const header = { "webhook-id": "evt_3" };
  const own = { id: "order_1", transaction_id: "payment_1" };
  expect(await idOf(own, header)).toBe("evt_3");
  expect(await idOf({ ...own, service: "cardiology", event_time: 1 }, header)).toBe("evt_3");
  expect(await idOf(own)).toMatch(/^sha256-/);
  // Eka's own deliveries may name the type in `event_type`, too.
  expect(await idOf({ ...own, service: "order", event_time: 1, data: {} }, header)).toBe("payment_1");
});

test("what everybody may know is never taken for a shared secret", async () => {
  const publicKey = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
  const forged = signed(publicKey, body);
  expect(await verifyWithBoth(body, forged, publicKey, { now })).toMatchObject({ code: "secret_invalid" });
  expect(await verifyWithBoth(body, forged, [key, publicKey], { now, scheme: "eka" })).toMatchObject({
    ok: false,
  });
});

test("an Eka header beside another family's signature does not count", async () => {
  const headers = { ...signed(key, body), "webhook-signature": "v1,x", "webhook-id": "evt_1" };
  expect((await verifyWithBoth(body, headers, key, { now })).ok).toBe(false);
});
