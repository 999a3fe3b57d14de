import { createGroupCommit, type Sql } from "@carewire/db";
import { findHolders, type Holder, slotOf } from "./find-holders.ts";
import { recordRepeats } from "./record-repeats.ts";
import { carriesResources, storeWithResources } from "./store-resources.ts";
import { storeSubmissions } from "./store-submissions.ts";
import type { Acceptance, Submission } from "./submission.ts";
import type { Vault } from "./vault.ts";
import type { Waker } from "./waker.ts";

export interface Acceptor {
  /**
   * Stores a submission together with whatever else arrives meanwhile, in one commit. Resolves after that commit
   * with one acceptance per event, in order. Rejects with `GroupCommitFull` when too much is waiting, with
   * `CommitTimeout` when the database does not answer, and with the database's error otherwise; the caller then
   * should try again, and keys make that safe even if the commit came through unnoticed.
   */
  submit(submission: Submission): Promise<Acceptance[]>;
  /** Resolves when nothing is waiting or being committed any more. */
  drain(): Promise<void>;
}

export interface AcceptorOptions {
  sql: Sql;
  vault: Vault;
  waker: Pick<Waker, "wake">;
  /** Submissions in one commit at most; default 500. */
  batchMax?: number;
  /** Submissions waiting at most; default 5,000. */
  waitingMax?: number;
  /** Submissions in one commit while few wait; default 64. */
  batchUsual?: number;
  /** Commits that may run at the same time; default 3: one fills, one is carried out, one waits for the disk. */
  commitsMax?: number;
  /** How long one commit may take before its callers are told to retry, milliseconds; default 3,000. */
  commitTimeoutMs?: number;
}

/** Few large commits instead of many small ones, whose round trips cost more than their rows; see docs/performance.md. */
const commitIntervalMs = 2;

/** The database did not answer in time. Whether the batch was stored is unknown; its keys make a retry safe. */
export class CommitTimeout extends Error {
  constructor(timeoutMs: number) {
    super(`the database did not commit within ${timeoutMs} ms; retry later`);
    this.name = "CommitTimeout";
  }
}

/** Group-committed "dedupe and store": the write path of every ingress and of the publish API. */
export function createAcceptor(options: AcceptorOptions): Acceptor {
  const {
    sql,
    vault,
    waker,
    batchMax = 500,
    batchUsual = 64,
    waitingMax = 5_000,
    commitsMax = 3,
    commitTimeoutMs = 3_000,
  } = options;

  function store(batch: Submission[]): Promise<Set<string>> {
    return carriesResources(batch)
      ? storeWithResources(sql, vault, batch)
      : storeSubmissions(sql, vault, batch);
  }

  async function commit(batch: Submission[]): Promise<Acceptance[][]> {
    const stored = await store(batch);
    if (stored.size > 0) waker.wake();
    const holders = await findHolders(sql, batch, stored);
    const outcomes = batch.map((submission) => settle(submission, stored, holders));
    await recordRepeats(sql, vault, batch, outcomes, holders);
    return outcomes;
  }

  /**
   * One submission the database cannot hold (a NUL in a text column, say), or whose organization's data key cannot be used,
   * must not fail its neighbours.
   */
  async function commitIsolated(batch: Submission[]): Promise<(Acceptance[] | Error)[]> {
    try {
      return await withDeadline(commit(batch), commitTimeoutMs);
    } catch (error) {
      if (batch.length === 1 || !isItsOwnFault(error)) throw error;
      const outcomes: (Acceptance[] | Error)[] = [];
      for (const submission of batch) {
        outcomes.push(...(await commitIsolated([submission]).catch((reason: Error) => [reason])));
      }
      return outcomes;
    }
  }

  const commits = createGroupCommit({
    flush: commitIsolated,
    batchMax,
    batchUsual,
    waitingMax,
    flushesMax: commitsMax,
    intervalMs: commitIntervalMs,
  });
  return {
    async submit(submission) {
      const outcome = await commits.submit(submission);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    drain: commits.drain,
  };
}

function settle(submission: Submission, stored: Set<string>, holders: Map<string, Holder>): Acceptance[] {
  return submission.events.map(({ draft, key, bodyHash }) => {
    if (stored.has(draft.id)) return { status: "accepted", eventId: draft.id };
    const holder = holders.get(slotOf(submission.scope, key ?? ""));
    if (!holder) throw new Error("the idempotency key expired while it was being looked up; retry");
    return { status: holder.body_hash.equals(bodyHash) ? "duplicate" : "conflict", eventId: holder.event_id };
  });
}

// SQLSTATE class 22, data exception, and 54, program limit exceeded: the values are at fault, not the database.
const isDataError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && /^(22|54)/.test(error.code);

// The vault's class is of a package above this one. It is asked before anything of a batch is stored.
const isItsOwnFault = (error: unknown): boolean =>
  isDataError(error) || (error instanceof Error && error.name === "VaultError");

async function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CommitTimeout(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
