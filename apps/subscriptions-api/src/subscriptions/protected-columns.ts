import type { DataKey } from "@carewire/bus";
import type { ClientCertificate, EndpointAuth } from "@carewire/contracts";
import type { CertificateFacts } from "./client-certificate.ts";
import type { SubscriptionRow } from "./subscription-row.ts";

type ProtectedColumn = "sensitive_headers" | "endpoint_auth" | "client_certificate";

/** Seals under the identity of the row and the column, so that a blob is worth nothing anywhere else. */
const seal = (dataKey: DataKey, id: string, column: ProtectedColumn, value: object): Buffer =>
  dataKey.seal(`subscriptions:${id}:${column}`, Buffer.from(JSON.stringify(value)));

/** The columns of write-only headers: sealed values, and names to show. */
export function headerColumns(dataKey: DataKey, id: string, headers: Record<string, string>) {
  const names = Object.keys(headers).sort();
  return {
    sensitive_headers: names.length === 0 ? null : seal(dataKey, id, "sensitive_headers", headers),
    sensitive_header_names: names,
  };
}

/** The columns of the endpoint's credentials. */
export function authColumns(dataKey: DataKey, id: string, auth: EndpointAuth | null) {
  return {
    endpoint_auth: auth === null ? null : seal(dataKey, id, "endpoint_auth", auth),
    endpoint_auth_type: auth === null ? null : auth.type,
  };
}

/** A checked certificate with what of it may be shown. */
export interface AcceptedCertificate {
  given: ClientCertificate;
  facts: CertificateFacts;
}

/** The columns of the client certificate. */
export function certificateColumns(dataKey: DataKey, id: string, accepted: AcceptedCertificate | null) {
  return {
    client_certificate: accepted === null ? null : seal(dataKey, id, "client_certificate", accepted.given),
    client_certificate_subject: accepted === null ? null : accepted.facts.subject,
    client_certificate_expires_at: accepted === null ? null : accepted.facts.expiresAt,
  };
}

/** The write-only headers of a row, to add others to them. */
export function openHeaders(dataKey: DataKey, row: SubscriptionRow): Record<string, string> {
  if (row.sensitive_headers === null) return {};
  const bytes = dataKey.open(`subscriptions:${row.id}:sensitive_headers`, row.sensitive_headers);
  return JSON.parse(bytes.toString("utf8")) as Record<string, string>;
}
