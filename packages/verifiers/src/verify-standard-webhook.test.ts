import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { parseSigningSecret, parseVerifyingSecret } from "./parse-secret.ts";
import { signStandardWebhook, signStandardWebhookWithEach } from "./sign-standard-webhook.ts";
import type { SigningKey, VerifyingKey } from "./signing-key.ts";
import type { RefusalCode } from "./verdict.ts";
import { type StandardWebhookInput, verifyStandardWebhook } from "./verify-standard-webhook.ts";

const secretText = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const pairText =
  "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
const publicText = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const secret = signer(secretText);
const pair = signer(pairText);
const publicKey = verifier(publicText);
const other = signer(`whsec_${Buffer.alloc(32, 7).toString("base64")}`);

const nowSeconds = 1_767_225_600;
const id = "evt_01h455vb4pex5vsknk084sn02q";
const bodyText = '{"id":"evt_1","name":"caf\\u00e9","n":1.0}';
const body = Buffer.from(bodyText);
const good = signStandardWebhook(secret, id, nowSeconds, body);
const goodAsymmetric = signStandardWebhook(pair, id, nowSeconds, body);
const wrong = `v1,${Buffer.alloc(32).toString("base64")}`;
const goodHeaders = { "webhook-id": id, "webhook-timestamp": `${nowSeconds}`, "webhook-signature": good };
const svixHeaders = { "svix-id": id, "svix-timestamp": `${nowSeconds}`, "svix-signature": good };

function signer(text: string): SigningKey {
  const parsed = parseSigningSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

function verifier(text: string): VerifyingKey {
  const parsed = parseVerifyingSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

function verify(headers: StandardWebhookInput["headers"], more: Partial<StandardWebhookInput> = {}) {
  return verifyStandardWebhook({
    headers,
    rawBody: body,
    nowMs: nowSeconds * 1000,
    secrets: [secret],
    ...more,
  });
}

// Signs any text, also what signStandardWebhook refuses to sign.
function signedAs(messageId: string, timestamp: string) {
  const key = Buffer.from(secretText.slice(6), "base64");
  const digest = createHmac("sha256", key).update(`${messageId}.${timestamp}.`).update(body).digest("base64");
  return { "webhook-id": messageId, "webhook-timestamp": timestamp, "webhook-signature": `v1,${digest}` };
}

function signatures(header: string) {
  return { ...goodHeaders, "webhook-signature": header };
}

const refusedHeaders: [name: string, headers: StandardWebhookInput["headers"], code: RefusalCode][] = [
  ["no id", { ...goodHeaders, "webhook-id": undefined }, "header_missing"],
  ["no timestamp", { ...goodHeaders, "webhook-timestamp": undefined }, "header_missing"],
  ["no signature", { ...goodHeaders, "webhook-signature": undefined }, "header_missing"],
  ["no headers at all", {}, "header_missing"],
  ["an empty id", { ...goodHeaders, "webhook-id": "" }, "header_missing"],
  ["an id given as a list", { ...goodHeaders, "webhook-id": [id] }, "header_repeated"],
  [
    "a timestamp given as a list",
    { ...goodHeaders, "webhook-timestamp": [`${nowSeconds}`] },
    "header_repeated",
  ],
  ["signatures given as a list", { ...goodHeaders, "webhook-signature": [good] }, "header_repeated"],
  ["two signature headers in one, the second right", signatures(`${wrong}, ${good}`), "header_repeated"],
  ["two signature headers in one, the first right", signatures(`${good}, ${wrong}`), "header_repeated"],
  ["a signature header over 8 KiB", signatures(`${good} ${"a".repeat(8192)}`), "header_too_long"],
  ["an id changed by one character", { ...goodHeaders, "webhook-id": `${id}x` }, "signature_mismatch"],
  ["an id with a dot, though signed", signedAs("evt.1", `${nowSeconds}`), "id_invalid"],
  ["an id with a space, though signed", signedAs("evt 1", `${nowSeconds}`), "id_invalid"],
  ["an id that is not ASCII, though signed", signedAs("evt_é", `${nowSeconds}`), "id_invalid"],
  ["an id of 257 characters, though signed", signedAs("e".repeat(257), `${nowSeconds}`), "id_invalid"],
  ["a timestamp 301 s old", signedAs(id, `${nowSeconds - 301}`), "timestamp_too_old"],
  ["a timestamp 301 s ahead", signedAs(id, `${nowSeconds + 301}`), "timestamp_in_future"],
  ["a timestamp in milliseconds", signedAs(id, `${nowSeconds}000`), "timestamp_invalid"],
  ["a timestamp with letters after it", signedAs(id, `${nowSeconds}abc`), "timestamp_invalid"],
  ["a negative timestamp", signedAs(id, `-${nowSeconds}`), "timestamp_invalid"],
  ["a fractional timestamp", signedAs(id, `${nowSeconds}.5`), "timestamp_invalid"],
  ["a timestamp that starts with a dot", signedAs(id, ".9"), "timestamp_invalid"],
  ["a changed timestamp", { ...goodHeaders, "webhook-timestamp": `${nowSeconds + 1}` }, "signature_mismatch"],
  ["a truncated signature", signatures(`${good.slice(0, -5)}=`), "signature_malformed"],
  ["a signature without padding", signatures(good.slice(0, -1)), "signature_malformed"],
  ["a signature that goes on", signatures(`${good}AAAA`), "signature_malformed"],
  ["a signature with stray bits", signatures(`v1,${"A".repeat(42)}B=`), "signature_malformed"],
  [
    "a hexadecimal signature",
    signatures(`v1,${Buffer.from(good.slice(3), "base64").toString("hex")}`),
    "signature_malformed",
  ],
  ["a URL-safe signature", signatures(`v1,${"-".repeat(42)}A=`), "signature_malformed"],
  ["a signature that is not ASCII", signatures(`v1,é${good.slice(4)}`), "signature_malformed"],
  ["an empty signature", signatures("v1,"), "signature_malformed"],
  ["a signature without its version", signatures(good.slice(3)), "signature_unsupported"],
  ["only an unknown version", signatures(good.replace("v1,", "v2,")), "signature_unsupported"],
  ["an upper-case version", signatures(good.replace("v1,", "V1,")), "signature_unsupported"],
  [
    "an asymmetric signature when only a shared secret is known",
    signatures(goodAsymmetric),
    "signature_unsupported",
  ],
  ["an HMAC relabelled as asymmetric", signatures(good.replace("v1,", "v1a,")), "signature_unsupported"],
  ["sixteen wrong signatures", signatures(Array(16).fill(wrong).join(" ")), "signature_mismatch"],
  [
    "the right signature behind sixteen others",
    signatures([...Array(16).fill(wrong), good].join(" ")),
    "signatures_too_many",
  ],
  [
    "both families with different ids",
    { ...goodHeaders, ...svixHeaders, "svix-id": "evt_other" },
    "header_conflict",
  ],
  [
    "both families with different signatures",
    { ...goodHeaders, ...svixHeaders, "webhook-signature": wrong },
    "header_conflict",
  ],
  ["one header of the other family", { ...svixHeaders, "webhook-id": id }, "header_conflict"],
  [
    "three headers taken from two families",
    { "webhook-id": id, "svix-timestamp": `${nowSeconds}`, "svix-signature": good },
    "header_conflict",
  ],
];

test.each(refusedHeaders)("refuses %s", (_name, headers, code) => {
  expect(verify(headers)).toEqual({ ok: false, code });
});

const refusedBodies: [name: string, body: Uint8Array][] = [
  ["one byte changed", Buffer.from(bodyText.replace("evt_1", "evt_2"))],
  ["white space added", Buffer.from(`${bodyText} `)],
  ["keys in another order", Buffer.from('{"name":"caf\\u00e9","id":"evt_1","n":1.0}')],
  ["an escape written out", Buffer.from(bodyText.replace("\\u00e9", "é"))],
  ["re-serialised JSON", Buffer.from(JSON.stringify(JSON.parse(bodyText)))],
  ["a byte order mark in front", Buffer.from(`\uFEFF${bodyText}`)],
  ["nothing", new Uint8Array()],
];

test.each(refusedBodies)("refuses a signed request whose body became: %s", (_name, rawBody) => {
  const refused = { ok: false, code: "signature_mismatch" };
  expect(verify(goodHeaders, { rawBody })).toEqual(refused);
  expect(verify(signatures(goodAsymmetric), { rawBody, secrets: [publicKey] })).toEqual(refused);
});

test("refuses invalid UTF-8 swapped for the replacement character, which a string would not notice", () => {
  const overText = signatures(signStandardWebhook(secret, id, nowSeconds, Buffer.from("\uFFFD")));
  expect(verify(overText, { rawBody: Buffer.from([0xfe]) })).toMatchObject({ ok: false });
});

test("refuses a parsed body instead of guessing its bytes", () => {
  const rawBody = JSON.parse(bodyText) as Uint8Array;
  expect(verify(goodHeaders, { rawBody })).toEqual({ ok: false, code: "body_not_bytes" });
});

test("refuses another secret, another pair, and no secret", () => {
  expect(verify(goodHeaders, { secrets: [other] })).toEqual({ ok: false, code: "signature_mismatch" });
  expect(verify(goodHeaders, { secrets: [publicKey] })).toEqual({ ok: false, code: "signature_unsupported" });
  expect(verify(goodHeaders, { secrets: [] })).toEqual({ ok: false, code: "signature_unsupported" });
});

test.each([-300, 300])("accepts a timestamp %i s from now", (offset) => {
  expect(verify(signedAs(id, `${nowSeconds + offset}`))).toMatchObject({
    ok: true,
    timestampSeconds: nowSeconds + offset,
  });
});

test("accepts either header family, and both when they agree", () => {
  expect(verify(goodHeaders)).toMatchObject({ ok: true, id, family: "webhook" });
  expect(verify(svixHeaders)).toMatchObject({ ok: true, id, family: "svix" });
  expect(verify({ ...goodHeaders, ...svixHeaders })).toMatchObject({ ok: true, id });
});

test("looks at no other family than the one asked for", () => {
  expect(verify(goodHeaders, { family: "svix" })).toEqual({ ok: false, code: "header_missing" });
  const conflicting = { ...goodHeaders, "svix-id": "evt_other" };
  expect(verify(conflicting, { family: "webhook" })).toMatchObject({ ok: true, id });
});

test("during a rotation the receiver may hold the old secret, the new one, or both", () => {
  const headers = signatures(signStandardWebhookWithEach([other, secret], id, nowSeconds, body));
  expect(verify(headers, { secrets: [secret] })).toMatchObject({ ok: true, matchedSecretIndex: 0 });
  expect(verify(headers, { secrets: [other] })).toMatchObject({ ok: true, matchedSecretIndex: 0 });
  expect(verify(goodHeaders, { secrets: [other, secret] })).toMatchObject({
    ok: true,
    matchedSecretIndex: 1,
  });
});

test("moving from shared secret to key pair, either one is enough", () => {
  const headers = signatures(signStandardWebhookWithEach([secret, pair], id, nowSeconds, body));
  expect(headers["webhook-signature"]).toMatch(/^v1,\S{44} v1a,\S{88}$/);
  for (const key of [secret, pair, publicKey]) expect(verify(headers, { secrets: [key] }).ok).toBe(true);
});

test("entries that are garbage do not spoil the right one beside them", () => {
  expect(verify(signatures(`v9,x  v1,é v1a,zz ${good} v1,`))).toMatchObject({ ok: true });
});

test("the published vectors come out exactly", () => {
  const published = Buffer.from('{"test": 2432232314}');
  const messageId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  expect(signStandardWebhook(secret, messageId, 1_614_265_330, published)).toBe(
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  );
  expect(signStandardWebhook(pair, messageId, 1_614_265_330, published)).toBe(
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
  );
});

test.each(["", "a.b", "evt\n1", "é"])("the signer refuses the id %j", (messageId) => {
  expect(() => signStandardWebhook(secret, messageId, nowSeconds, body)).toThrow(/webhook id/);
});

test("the signer refuses a timestamp that is not whole seconds", () => {
  expect(() => signStandardWebhook(secret, id, 1.5, body)).toThrow(/whole seconds/);
});
