import type { Queryable, StoredReplayFilter } from "@carewire/db";

/** A job whose turn it is, locked until the transaction ends: one step at a time, however many dispatchers there are. */
export interface ReplayJobRow {
  id: string;
  organization_id: string;
  kind: string;
  filter: StoredReplayFilter;
  until_id: string;
  rate_per_second: number | null;
  replayed: number;
}

/** The endpoint of a job that has waited longest for a step, with what decides how many messages it may get. */
export interface ReplayEndpointRow {
  subscription_id: string;
  position: string;
  /** null: the subscription was deleted. */
  active: boolean | null;
  shard: number | null;
  account_id: string | null;
  /** The subscription's JSON condition. */
  filter: unknown;
  /** Replays in its queue that are due, counted to `dueMax`, and those at all, counted to `waitingMax`. */
  due: number;
  waiting: number;
  /** Its circuit breaker is open: it takes nothing for now. */
  broken: boolean;
}

/** True when some job may take a step now. */
export async function hasReplayWork(sql: Queryable): Promise<boolean> {
  const rows = await sql`
    select 1 from replay_jobs where status = 'running' and next_step_at <= now() limit 1`;
  return rows.length > 0;
}

/** Locks the job that has waited longest, passing over those that others work on. */
export async function takeReplayJob(tx: Queryable): Promise<ReplayJobRow | null> {
  const [row] = await tx<ReplayJobRow[]>`
    select id, organization_id, kind, filter, until_id, rate_per_second, replayed from replay_jobs
    where status = 'running' and next_step_at <= now() order by next_step_at limit 1 for update skip locked`;
  return row ?? null;
}

export async function takeReplayEndpoint(
  tx: Queryable,
  jobId: string,
  waitingMax: number,
): Promise<ReplayEndpointRow | null> {
  const [row] = await tx<ReplayEndpointRow[]>`
    select p.subscription_id, p.position, s.active, s.shard, s.account_id, s.filter, w.due, w.waiting,
      exists (select from endpoint_state where subscription_id = p.subscription_id and breaker <> 'closed') broken
    from (select * from replay_job_endpoints where job_id = ${jobId} and not done and next_step_at <= now()
      order by next_step_at limit 1) p
    left join lateral (select * from subscriptions where id = p.subscription_id offset 0) s on true
    cross join lateral (select count(*)::int waiting, (count(*) filter (where q.due_at <= now()))::int due
      from (select due_at from delivery_queue where shard = s.shard and destination_id = p.subscription_id
        and lane = 2 limit ${waitingMax}) q) w`;
  return row ?? null;
}

/** What a step did to an endpoint. */
export interface ReplayAdvance {
  jobId: string;
  subscriptionId: string;
  position: string;
  replayed: number;
  isDone: boolean;
  /** Until the endpoint's next step. */
  endpointDelayMs: number;
  /** Until the job's next step, at whichever endpoint. */
  jobDelayMs: number;
}

export async function advanceReplay(tx: Queryable, advance: ReplayAdvance): Promise<void> {
  await tx`
    with endpoint as (update replay_job_endpoints set position = ${advance.position}, done = ${advance.isDone},
        replayed = replayed + ${advance.replayed},
        next_step_at = clock_timestamp() + ${advance.endpointDelayMs} * interval '1 millisecond'
      where job_id = ${advance.jobId} and subscription_id = ${advance.subscriptionId})
    update replay_jobs set replayed = replayed + ${advance.replayed}, error = null, updated_at = now(),
      next_step_at = clock_timestamp() + ${advance.jobDelayMs} * interval '1 millisecond'
    where id = ${advance.jobId}`;
}

/**
 * Ends a job that has no endpoint left to look at, or puts it off until the first of them is due. One whose
 * subscriptions are all gone failed.
 */
export async function finishOrPostpone(tx: Queryable, jobId: string): Promise<void> {
  await tx`
    with e as (select min(p.next_step_at) filter (where not p.done) next_step_at, bool_and(s.id is null) gone
      from replay_job_endpoints p left join subscriptions s on s.id = p.subscription_id where p.job_id = ${jobId})
    update replay_jobs j set next_step_at = coalesce(e.next_step_at, j.next_step_at), updated_at = now(),
      status = case when e.next_step_at is not null then 'running' when e.gone then 'failed' else 'done' end,
      error = case when e.next_step_at is null and e.gone then 'Its subscription was deleted.' end,
      finished_at = case when e.next_step_at is null then now() end
    from e where j.id = ${jobId}`;
}

/** Stops a job for good, with what it should tell its owner. */
export async function failReplay(tx: Queryable, jobId: string, error: string): Promise<void> {
  await tx`
    update replay_jobs set status = 'failed', error = ${error}, updated_at = now(), finished_at = now()
    where id = ${jobId}`;
}

/** Lets the others go first after a step that went wrong. */
export async function postponeReplay(sql: Queryable, jobId: string, delayMs: number): Promise<void> {
  await sql`
    update replay_jobs set next_step_at = now() + ${delayMs} * interval '1 millisecond',
      error = 'The last step failed; it is tried again.'
    where id = ${jobId} and status = 'running'`;
}
