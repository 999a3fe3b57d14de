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
}

/**
 * A connection pool tuned for services that must outlive a database restart: reconnects within half a second,
 * gives up on an unreachable server after 3 s, and lets no idle transaction hold back vacuum.
 */
export function connect({ url, max, applicationName, settings }: ConnectOptions): Sql {
  return postgres(url, {
    max,
    connect_timeout: 3,
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
  });
}
