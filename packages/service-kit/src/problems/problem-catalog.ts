/** Every problem code the platform answers with: its HTTP status and its fixed, public title. Closed on purpose. */
export const problemCatalog = {
  malformed_request: { status: 400, title: "Malformed request" },
  malformed_json: { status: 400, title: "Malformed JSON" },
  invalid_cursor: { status: 400, title: "Invalid cursor" },
  unauthorized: { status: 401, title: "Unauthorized" },
  insufficient_scope: { status: 403, title: "Insufficient scope" },
  foreign_origin: { status: 403, title: "Foreign origin" },
  sender_not_allowed: { status: 403, title: "Sender not allowed" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  request_timeout: { status: 408, title: "Request timeout" },
  conflict: { status: 409, title: "Conflict" },
  idempotency_conflict: { status: 409, title: "Idempotency conflict" },
  payload_too_large: { status: 413, title: "Payload too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  validation_failed: { status: 422, title: "Validation failed" },
  unknown_field: { status: 422, title: "Unknown field" },
  destination_not_allowed: { status: 422, title: "Destination not allowed" },
  destination_unresolvable: { status: 422, title: "Destination unresolvable" },
  tls_required: { status: 426, title: "TLS required" },
  too_many_requests: { status: 429, title: "Too many requests" },
  headers_too_large: { status: 431, title: "Request header fields too large" },
  internal_error: { status: 500, title: "Internal error" },
  service_unavailable: { status: 503, title: "Service unavailable" },
  gateway_timeout: { status: 504, title: "No answer in time" },
} as const satisfies Record<string, { status: number; title: string }>;

/** A code of {@link problemCatalog}. */
export type ProblemCode = keyof typeof problemCatalog;

/** The HTTP status that belongs to a code, as a literal type, so that ts-rest responses stay checked. */
export type ProblemStatus<C extends ProblemCode> = (typeof problemCatalog)[C]["status"];
