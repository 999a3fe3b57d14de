import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { ClientCertificate } from "@carewire/contracts";
import type { ProblemItem } from "@carewire/service-kit";

/** What of a certificate may be shown. */
export interface CertificateFacts {
  subject: string;
  expiresAt: Date;
}

/** A certificate and key that belong together and are good now, or what is wrong with them. */
export type CheckedCertificate = { ok: true; facts: CertificateFacts } | { ok: false; items: ProblemItem[] };

const chainMax = 5;
const subjectLengthMax = 512;
const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function readCertificates(pem: string): X509Certificate[] | null {
  const blocks = pem.match(block) ?? [];
  if (blocks.length === 0 || blocks.length > chainMax) return null;
  try {
    return blocks.map((text) => new X509Certificate(text));
  } catch {
    return null;
  }
}

function readKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey({ key: pem, format: "pem" });
  } catch {
    return null;
  }
}

const refused = (field: keyof ClientCertificate, message: string): CheckedCertificate => ({
  ok: false,
  items: [{ path: `client_certificate.${field}`, message, code: "invalid_certificate" }],
});

/** Checks a client certificate before it is stored: one that no handshake could use would fail every delivery. */
export function checkClientCertificate(given: ClientCertificate, now: Date): CheckedCertificate {
  const [leaf] = readCertificates(given.certificate) ?? [];
  if (leaf === undefined) return refused("certificate", `must be PEM, with a chain of ${chainMax} at most`);
  const key = readKey(given.key);
  if (key === null) return refused("key", "must be a private key in PEM that is not encrypted");
  if (!leaf.checkPrivateKey(key)) return refused("key", "is not the key of this certificate");
  if (leaf.validToDate <= now) return refused("certificate", "has expired");
  if (leaf.validFromDate > now) return refused("certificate", "is not valid yet");
  const subject = leaf.subject?.replaceAll("\n", ", ").slice(0, subjectLengthMax) ?? "";
  return { ok: true, facts: { subject, expiresAt: leaf.validToDate } };
}
