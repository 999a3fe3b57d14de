import postgres from "postgres";
import { arrayTypes } from "./array-types.ts";

export type Sql = postgres.Sql;
/** A connection inside `sql.begin`. */
export type Transaction = postgres.TransactionSql;
/** A connection inside `sql.begin`, or the pool itself: whatever can run a statement. */
export type Queryable = postgres.Sql | postgres.TransactionSql;

export interface ConnectOptions {
  /** postgres:// URL. */
  url: string;
  /** Connections in the pool at most. */
  max: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Further settings of every session, e.g. planner settings of a hot path. */
  settings?: Record<string, string | number | boolean>;
  /**
   * Seconds without a byte of an answer after which a connection counts as lost; default 40. Longer than the statement
   * timeout (30 s), or than whatever a session sets instead.
   */
  answerTimeoutSeconds?: number;
}

/** An option that our patch adds to the driver. */
interface PatchedOptions extends postgres.Options<Record<string, postgres.PostgresType>> {
  /** Seconds. */
  answer_timeout: number;
}

/**
 * A connection pool tuned for services that must outlive a database restart: reconnects within half a second,
 * gives up on an unreachable server after 3 s and on one that vanished without a word after 40 s, and lets no idle
 * transaction hold back vacuum.
 */
export function connect({
  url,
  max,
  applicationName,
  settings,
  answerTimeoutSeconds = 40,
}: ConnectOptions): Sql {
  const options: PatchedOptions = {
    max,
    connect_timeout: 3,
    // Such a connection would otherwise hold its statement, and whoever waits for it, until TCP gives up: a quarter of an hour.
    answer_timeout: answerTimeoutSeconds,
    // The library's own back-off grows to many seconds, during which statements hang after a restart.
    backoff: (retries) => Math.min(0.5, 0.05 * retries),
    onnotice: () => {},
    fetch_types: false,
    types: arrayTypes,
    connection: {
      application_name: applicationName,
      idle_in_transaction_session_timeout: 15_000,
      statement_timeout: 30_000,
      ...settings,
    },
  };
  return postgres(url, options);
}
