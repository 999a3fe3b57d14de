import { TLSSocket } from "node:tls";
import type { ConnectionCheck } from "@carewire/contracts";
import type { Clock } from "@carewire/envelope";
import { EgressError, type EgressGuard, EgressProxyError } from "@carewire/service-kit";

type Guard = Pick<EgressGuard, "connector">;

/** What came of it, or that the guard refused where the name led to. */
export type ConnectionAttempt = ConnectionCheck | "destination_not_allowed";

const none = { duration_ms: null, tls: null };

const sentences: Record<Exclude<ConnectionCheck["outcome"], "connected" | "tls_failed">, string> = {
  unresolvable: "The host name could not be resolved; check its spelling and DNS records.",
  unreachable: "Nobody takes connections at this address and port.",
  timeout: "The connection was not there in time; check that a firewall lets it through.",
  not_tried: "The connection could not be tried: the way out is disturbed on our side.",
};

/** What is wrong with a certificate, by the codes of Node and OpenSSL. */
const certificateFaults: Record<string, string> = {
  CERT_HAS_EXPIRED: "The certificate has expired.",
  CERT_NOT_YET_VALID: "The certificate is not valid yet.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The certificate is self-signed; use one of a public authority.",
  SELF_SIGNED_CERT_IN_CHAIN: "The certificate's authority is not a public one.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "The certificate's authority is unknown; serve the intermediate one as well.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "The certificate's authority is unknown; serve the intermediate one as well.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The certificate is for another name.",
};

const said = (outcome: keyof typeof sentences): ConnectionCheck => ({
  ...none,
  outcome,
  detail: sentences[outcome],
});

const isTlsCode = (code: string): boolean => /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code);

function outcomeOf(error: Error): ConnectionAttempt {
  if (error instanceof EgressError) {
    return error.code === "destination_not_allowed" ? "destination_not_allowed" : said("unresolvable");
  }
  if (error instanceof EgressProxyError) return said("not_tried");
  const code = "code" in error ? String(error.code) : "";
  const fault = certificateFaults[code] ?? (isTlsCode(code) ? "TLS could not be agreed on." : undefined);
  if (fault !== undefined) return { ...none, outcome: "tls_failed", detail: fault };
  return said(code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT" ? "timeout" : "unreachable");
}

function describeTls(socket: TLSSocket): NonNullable<ConnectionCheck["tls"]> {
  const expiresAt = Date.parse(socket.getPeerCertificate().valid_to ?? "");
  return {
    protocol: socket.getProtocol() ?? "unknown",
    certificate_expires_at: Number.isNaN(expiresAt) ? null : new Date(expiresAt).toISOString(),
  };
}

/**
 * Opens a connection as a delivery would, through the same guard, and closes it without having sent anything. `url` must
 * be one that the guard allowed.
 */
export function tryConnection(guard: Guard, url: string, clock: Clock): Promise<ConnectionAttempt> {
  const { hostname, host, protocol, port } = new URL(url);
  const startedAt = clock.now();
  return new Promise((resolve) => {
    guard.connector({ hostname, host, protocol, port }, (error, socket) => {
      if (error !== null) return resolve(outcomeOf(error));
      const tls = socket instanceof TLSSocket ? describeTls(socket) : null;
      // Its end may be answered with a reset, which concerns nobody any more.
      socket.on("error", () => {}).destroy();
      const durationMs = Math.max(0, Math.round(clock.now() - startedAt));
      resolve({ outcome: "connected", detail: "Somebody is there.", duration_ms: durationMs, tls });
    });
  });
}
