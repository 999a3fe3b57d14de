import { createGroupCommit, type Sql } from "@carewire/db";
import { type AttemptRecord, recordAttempts } from "./store/record.ts";

export interface RecordQueue {
  /** Resolves once the outcome is committed, however long the database is away. */
  record(record: AttemptRecord): Promise<void>;
  drain(): Promise<void>;
}

const batchMax = 2_000;
const retryDelayMs = 200;

/**
 * Group-commits outcomes. When the database is away the same batch is sent again until it is back: attempt ids make
 * that harmless, and admission bounds how many outcomes can wait here.
 */
export function createRecordQueue(deps: {
  sql: Sql;
  onFenced(outcomes: number): void;
  onError(error: unknown): void;
  failpoint(name: string): void;
}): RecordQueue {
  const { sql, onFenced, onError, failpoint } = deps;

  async function flush(records: AttemptRecord[]): Promise<undefined[]> {
    failpoint("dispatch.before_record");
    for (;;) {
      try {
        const applied = await recordAttempts(sql, records);
        failpoint("dispatch.after_record");
        if (applied < records.length) onFenced(records.length - applied);
        return new Array(records.length);
      } catch (error) {
        onError(error);
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      }
    }
  }

  const commits = createGroupCommit<AttemptRecord, undefined>({
    flush,
    batchMax,
    waitingMax: Number.MAX_SAFE_INTEGER,
  });
  return { record: commits.submit, drain: commits.drain };
}
