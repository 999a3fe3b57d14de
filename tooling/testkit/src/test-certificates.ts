import { randomUUID } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

/** A certificate and its private key, both in PEM. */
export type TestCertificate = { certificate: string; key: string };

/** An authority that tests trust, and certificates from it. */
export type TestAuthority = {
  certificate: string;
  /** For a server: valid for these names and addresses. */
  server(...hosts: string[]): Promise<TestCertificate>;
  /** For a client that has to show who it is. */
  client(commonName: string): Promise<TestCertificate>;
  /** Trusts it in this process, beside the usual authorities. */
  trust(): void;
};

const isAddress = (host: string) => /^[\d.]+$|:/.test(host);

/** Makes a {@link TestAuthority} of its own: nothing outside the test trusts it. */
export async function createTestAuthority(): Promise<TestAuthority> {
  // Loaded on first use: the library is large and most test files make no certificate.
  const { generate } = await import("selfsigned");
  // A name of its own: a verifier that trusts two authorities of one name looks at the first only.
  const ca = await generate([{ name: "commonName", value: `carewire test authority ${randomUUID()}` }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });

  async function issue(commonName: string, hosts: string[]): Promise<TestCertificate> {
    const altNames = hosts.map((host) =>
      isAddress(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
    );
    const issued = await generate([{ name: "commonName", value: commonName }], {
      keyType: "ec",
      algorithm: "sha256",
      ca: { key: ca.private, cert: ca.cert },
      extensions: [
        { name: "basicConstraints", cA: false },
        { name: "keyUsage", digitalSignature: true },
        { name: "extKeyUsage", serverAuth: hosts.length > 0, clientAuth: hosts.length === 0 },
        ...(hosts.length > 0 ? [{ name: "subjectAltName" as const, altNames }] : []),
      ],
    });
    return { certificate: issued.cert, key: issued.private };
  }

  return {
    certificate: ca.cert,
    server: (...hosts) => issue(hosts[0] ?? "localhost", hosts),
    client: (commonName) => issue(commonName, []),
    trust: () => setDefaultCACertificates([...getCACertificates("default"), ca.cert]),
  };
}
