/** postgres.js client errors and socket errors that mean the server is gone. */
const clientCodes = new Set([
  "ANSWER_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
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
 * SQLSTATEs of a server that goes away or cannot take work (PostgreSQL appendix A): connection exceptions, insufficient
 * resources, shutdown, crash, starting up, read-only. Not 57014 and 25P03: those are a handler that is too slow.
 */
const serverCodes = /^(?:08...|53...|57P0[123]|25006)$/;

/** True when an error says that the database is away, and nothing about the work that met it. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isConnectionLoss)) return true;
  if (!("code" in error) || typeof error.code !== "string") return false;
  return clientCodes.has(error.code) || serverCodes.test(error.code);
}
