import type { Publisher } from "@carewire/bus";
import { createGroupCommit, type Sql } from "@carewire/db";
import { type AttemptRecord, recordAnnounced } from "@carewire/delivery";
import { VaultError } from "@carewire/service-kit";

export interface RecordQueue {
  /** Resolves once the outcome is committed, however long the database is away, or can never be. */
  record(record: AttemptRecord): Promise<void>;
  drain(): Promise<void>;
}

const batchMax = 2_000;
/** Nobody waits for a record, so that outcomes may gather a little. */
const intervalMs = 10;
const retryDelayMs = 200;

/**
 * Group-commits outcomes. When the database is away the same batch is sent again until it is back: attempt ids make
 * that harmless, and admission bounds how many outcomes can wait here.
 */
export function createRecordQueue(deps: {
  sql: Sql;
  publisher: Publisher;
  /** Events that tell of outcomes were published: they wait to be routed. */
  onPublished(): void;
  onFenced(outcomes: number): void;
  onError(error: unknown): void;
  failpoint(name: string): void;
}): RecordQueue {
  const { onFenced, onError, failpoint } = deps;

  async function flush(records: AttemptRecord[]): Promise<undefined[]> {
    failpoint("dispatch.before_record");
    await write(records);
    return new Array(records.length);
  }

  async function write(records: AttemptRecord[], sentBefore = false): Promise<void> {
    for (let repeated = sentBefore; ; repeated = true) {
      try {
        const { applied, published } = await recordAnnounced(deps, records, { repeated });
        failpoint("dispatch.after_record");
        if (published > 0) deps.onPublished();
        if (applied < records.length) onFenced(records.length - applied);
        return;
      } catch (error) {
        onError(error);
        // An outcome that is written down is worth more than telling of it.
        if (isUnpublishable(error) && records.some((record) => record.announces)) {
          if (records.length > 1) return writeApart(records);
          return write(
            records.map(({ announces: _, ...record }) => record),
            true,
          );
        }
        if (isRefusedValue(error)) return writeApart(records);
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      }
    }
  }

  /**
   * Finds the outcome that can never be written, or told of, so that the others can. One that can never be written is lost
   * with its lease: a lost attempt.
   */
  async function writeApart(records: AttemptRecord[]): Promise<void> {
    if (records.length === 1) return;
    const middle = records.length >> 1;
    await write(records.slice(0, middle), true);
    await write(records.slice(middle), true);
  }

  const commits = createGroupCommit<AttemptRecord, undefined>({
    flush,
    batchMax,
    waitingMax: Number.MAX_SAFE_INTEGER,
    intervalMs,
  });
  return { record: commits.submit, drain: commits.drain };
}

/** Some organization's data key is lost, or the values are refused. */
const isUnpublishable = (error: unknown): boolean => error instanceof VaultError || isRefusedValue(error);

/** PostgreSQL's classes 22 (data exception), 23 (constraint) and 54 (limit): the same values will be refused again. */
function isRefusedValue(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(22|23|54)...$/.test(String(error.code));
}
