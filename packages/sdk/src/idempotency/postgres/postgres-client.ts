/** What is needed of a client of `postgres` ("postgres.js"); a transaction's `sql` is one too. */
export interface PostgresJsClient {
  unsafe(statement: string, parameters: string[]): PromiseLike<readonly object[]>;
}

/** What is needed of a `Pool`, `Client` or `PoolClient` of `pg`. */
export interface PgClient {
  query(statement: string, parameters: string[]): Promise<{ rows: object[] }>;
}

/** Runs one statement and gives the first row it returns. */
export type RunStatement = (statement: string, ...parameters: string[]) => Promise<object | undefined>;

/** Speaks to either client. */
export function statementRunner(client: PostgresJsClient | PgClient): RunStatement {
  if ("unsafe" in client) {
    return async (statement, ...parameters) => (await client.unsafe(statement, parameters))[0];
  }
  return async (statement, ...parameters) => (await client.query(statement, parameters)).rows[0];
}
