import { generateKeyPairSync } from "node:crypto";
import { createTestAuthority, type TestAuthority, type TestCertificate } from "@carewire/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { checkClientCertificate } from "./client-certificate.ts";

let authority: TestAuthority;
let own: TestCertificate;
let other: TestCertificate;
const now = () => new Date();
const inHundredYears = new Date(Date.UTC(2126, 0, 1));
const thirtyYearsAgo = new Date(Date.UTC(1996, 0, 1));

beforeAll(async () => {
  authority = await createTestAuthority();
  own = await authority.client("clinic-7");
  other = await authority.client("somebody else");
});

const encryptedKey = () =>
  generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" },
  }).privateKey;

describe("a client certificate", () => {
  test("with its key is accepted, and so is its chain; its subject and end may be shown", () => {
    for (const certificate of [own.certificate, `${own.certificate}\n${authority.certificate}`]) {
      const checked = checkClientCertificate({ certificate, key: own.key }, now());
      expect(checked).toMatchObject({ ok: true, facts: { subject: "CN=clinic-7" } });
      if (checked.ok) expect(checked.facts.expiresAt.getTime()).toBeGreaterThan(Date.now());
    }
  });

  test.each<[string, () => { certificate: string; key: string }, Date | null, string]>([
    ["somebody else's key", () => ({ ...own, key: other.key }), null, "key"],
    ["a certificate where the key belongs", () => ({ ...own, key: own.certificate }), null, "key"],
    ["a key under a passphrase", () => ({ ...own, key: encryptedKey() }), null, "key"],
    ["text that is no key", () => ({ ...own, key: "hunter2" }), null, "key"],
    ["text that is no certificate", () => ({ ...own, certificate: "hunter2" }), null, "certificate"],
    [
      "a block that is no certificate",
      () => ({ ...own, certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }),
      null,
      "certificate",
    ],
    [
      "a broken chain",
      () => ({
        ...own,
        certificate: `${own.certificate}${own.certificate.slice(0, 80)}\n-----END CERTIFICATE-----`,
      }),
      null,
      "certificate",
    ],
    ["a chain without end", () => ({ ...own, certificate: own.certificate.repeat(6) }), null, "certificate"],
    [
      "the chain before the certificate",
      () => ({ ...own, certificate: authority.certificate + own.certificate }),
      null,
      "key",
    ],
    ["one that has expired", () => own, inHundredYears, "certificate"],
    ["one that is not valid yet", () => own, thirtyYearsAgo, "certificate"],
  ])("is refused: %s; what was given is not repeated", (_what, given, at, field) => {
    const checked = checkClientCertificate(given(), at ?? now());
    expect(checked).toMatchObject({
      ok: false,
      items: [{ path: `client_certificate.${field}`, code: "invalid_certificate" }],
    });
    expect(JSON.stringify(checked)).not.toContain("hunter2");
  });
});
