import { discardDeadLetters, retryDeadLetters, type Waker } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { type Clock, newId, publicId } from "@carewire/envelope";
import { isLostInfrastructure, type Logger } from "@carewire/service-kit";
import type postgres from "postgres";
import { auditTaken } from "../bulk/audit-taken.ts";
import { type OpenEntry, selectOpen } from "../bulk/select-open.ts";
import { filterOf, type JobRow } from "./job-row.ts";

export interface JobRunDeps {
  sql: Sql;
  clock: Clock;
  waker: Pick<Waker, "notifyConsumers">;
  logger: Pick<Logger, "error">;
  /** Called at `dlq.job_before_commit`; tests crash there. */
  failpoint(name: string): void;
}

/** Dead letters of one step, which is one transaction. */
export const jobStepMax = 500;

function act(
  tx: postgres.TransactionSql,
  job: JobRow,
  entries: OpenEntry[],
  nowMs: number,
): Promise<string[]> {
  const ids = entries.map(({ id }) => id);
  const { created_by: actor, reason } = job;
  if (job.action === "discard") return discardDeadLetters(tx, ids, { discardedBy: actor, reason });
  const wanted = ids.map((id) => ({ deadLetterId: id, retryId: newId(nowMs), sealedPayload: null }));
  return retryDeadLetters(tx, wanted, actor);
}

/** The job that waited longest for its turn, kept from other processes until the transaction ends. */
async function claim(tx: postgres.TransactionSql): Promise<JobRow | null> {
  const [job] = await tx<JobRow[]>`
    select * from dead_letter_jobs where status = 'running' order by updated_at, id limit 1 for update skip locked`;
  return job ?? null;
}

async function step(deps: JobRunDeps, tx: postgres.TransactionSql, job: JobRow): Promise<void> {
  const now = new Date(deps.clock.now());
  const access = { organizationId: job.target_organization_id };
  const selection = { filter: filterOf(job.filter), afterId: job.position };
  const entries = await selectOpen(tx, access, selection, jobStepMax);
  const ids = new Set(await act(tx, job, entries, now.getTime()));
  const taken = entries.filter(({ id }) => ids.has(id));
  const action = job.action === "discard" ? "dead_letters.discarded" : "dead_letters.retried";
  const { created_by: actor, reason } = job;
  const isOver = entries.length < jobStepMax;
  await tx`
    update dead_letter_jobs set position = ${entries.at(-1)?.id ?? job.position}, looked_at = looked_at + ${entries.length},
      taken = taken + ${taken.length}, skipped = skipped + ${entries.length - taken.length}, updated_at = ${now},
      status = ${isOver ? "done" : "running"}, finished_at = ${isOver ? now : null}
    where id = ${job.id}`;
  await auditTaken(tx, taken, { actor, action, reason, job: publicId("job", job.id), now });
  deps.failpoint("dlq.job_before_commit");
}

// SQLSTATE class 40, transaction rollback: somebody else was in the way, and the next turn may well be free.
const isConcurrency = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("40");

async function fail({ sql, clock }: JobRunDeps, id: string): Promise<void> {
  const now = new Date(clock.now());
  await sql`
    update dead_letter_jobs set status = 'failed', updated_at = ${now}, finished_at = ${now},
      error = 'a step failed; the log of dlq-admin says why'
    where id = ${id} and status = 'running'`;
}

/**
 * One step of one running job: the next dead letters, what is done to them and how far it came, in one commit, so that
 * a process that dies repeats nothing and leaves nothing out. False when no job is there to run. A job whose step cannot
 * be done ends as failed; while the database is away, this throws and the next call goes on.
 */
export async function runJobStep(deps: JobRunDeps): Promise<boolean> {
  let claimed: JobRow | null = null;
  try {
    await deps.sql.begin(async (tx) => {
      claimed = await claim(tx);
      if (claimed !== null) await step(deps, tx, claimed);
    });
  } catch (error) {
    const { id } = (claimed as JobRow | null) ?? {};
    if (id === undefined || isLostInfrastructure(error) || isConcurrency(error)) throw error;
    deps.logger.error({ err: error }, "a step of a bulk job failed");
    await fail(deps, id);
  }
  if (claimed === null) return false;
  deps.waker.notifyConsumers();
  return true;
}

/** Steps of one look: one per job that may run at once in an organization, so that stopping never waits long. */
const stepsMax = 5;

/** Gives running jobs their turns. */
export async function runJobs(deps: JobRunDeps): Promise<void> {
  for (let steps = 0; steps < stepsMax; steps++) if (!(await runJobStep(deps))) return;
}
