/** postgres.js client errors and Node socket errors that mean "the other side is gone". */
const connectionCodes = new Set([
  "ANSWER_TIMEOUT",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/**
 * SQLSTATEs a healthy database does not answer with (PostgreSQL appendix A): connection exceptions, insufficient
 * resources (disk full, too many connections), operator intervention (shutdown, crash, timeout), read-only primary.
 */
const sqlStates = /^(?:08...|53...|57P0.|57014|25006|25P0[34]|58030)$/;

/**
 * True when an error means lost infrastructure rather than a bug: the caller should be told 503 and to come back.
 * Understands postgres.js errors, Node socket errors and AggregateErrors of them.
 */
export function isLostInfrastructure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  if (typeof code === "string" && (connectionCodes.has(code) || sqlStates.test(code))) return true;
  return error instanceof AggregateError && error.errors.some(isLostInfrastructure);
}
