import { publicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { insertLetters } from "../testing/insert-letters.ts";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";
import { jobStepMax, runJobStep, runJobs } from "./run-job-step.ts";

let dlq: TestDlq;
let crashAt = "";

beforeAll(async () => {
  dlq = await startTestDlq({
    failpoint: (name) => {
      if (name === crashAt) throw Object.assign(new Error("the connection is gone"), { code: "ECONNRESET" });
    },
  });
});
afterAll(() => dlq.stop());
beforeEach(async () => {
  crashAt = "";
  await dlq.sql`update dead_letters set status = 'resolved' where status = 'open'`;
  await dlq.sql`update dead_letter_jobs set status = 'done' where status = 'running'`;
});

const post = (body: object, key?: string) =>
  dlq.send("POST", "/admin/bulk-jobs", { body, ...(key && { key }) });
const read = async (id: string) => (await dlq.send("GET", `/admin/bulk-jobs/${id}`)).body;
const statuses = async () =>
  (
    await dlq.sql`select status, count(*)::int n from dead_letters where topic = 'cari.job.x' group by 1 order by 1`
  ).map(({ status, n }) => `${status} ${n}`);
const filter = { topic: "cari.job.x" };

/** Counts, confirms and starts; resolves to the job. */
async function start(action: "retry" | "discard", given: object = filter, key?: string) {
  const dry = await post({ action, filter: given, reason: "r", dry_run: true }, key);
  expect(dry.status, dry.text).toBe(200);
  const body = {
    action,
    filter: dry.body.filter,
    reason: "the handler is fixed",
    confirm_count: dry.body.matched,
  };
  const answer = await post(body, key);
  expect(answer.status, answer.text).toBe(202);
  return answer.body;
}

async function runToTheEnd() {
  while (await runJobStep(dlq.jobDeps));
}

describe("starting a bulk job", () => {
  test("takes a dry run first, which counts, changes nothing, and says what to send", async () => {
    await insertLetters(dlq, dlq.tenant, { count: 7, topic: "cari.job.x" });
    const dry = await post({ action: "discard", filter, reason: "r", dry_run: true });
    expect(dry.body).toEqual({
      dry_run: true,
      action: "discard",
      matched: 7,
      filter: { topic: "cari.job.x", until: expect.stringMatching(/Z$/) },
    });
    expect((await statuses()).join()).toContain("open 7");
    const unconfirmed = await post({ action: "discard", filter: dry.body.filter, reason: "r" });
    expect(unconfirmed.body).toMatchObject({ status: 422, errors: [{ path: "confirm_count" }] });
    const wrongCount = await post({
      action: "discard",
      filter: dry.body.filter,
      reason: "r",
      confirm_count: 6,
    });
    expect(wrongCount.body).toMatchObject({
      status: 409,
      detail: expect.stringContaining("7 dead letters match"),
    });
  });

  test("confirms what was counted: what is buried later is no part of it, and hinders nobody", async () => {
    await insertLetters(dlq, dlq.tenant, { count: 2, topic: "cari.job.x" });
    const { body: dry } = await post({ action: "discard", filter, reason: "r", dry_run: true });
    await insertLetters(dlq, dlq.tenant, { count: 3, topic: "cari.job.x", atMs: Date.now() + 5 });
    const started = await post({ action: "discard", filter: dry.filter, reason: "r", confirm_count: 2 });
    await runToTheEnd();
    expect(await read(started.body.id)).toMatchObject({ status: "done", matched: 2, taken: 2 });
    expect((await statuses()).join()).toContain("open 3");
  });

  test("a discard of everything takes a condition, and every job a reason", async () => {
    const dry = await post({ action: "discard", filter: {}, reason: "r", dry_run: true });
    expect(
      (await post({ action: "discard", filter: dry.body.filter, reason: "r", confirm_count: 9 })).status,
    ).toBe(422);
    expect((await post({ action: "retry", filter, confirm_count: 9 })).status).toBe(422);
    const unstorable = { action: "retry", filter: { topic: "a\u0000" }, reason: "r", dry_run: true };
    expect((await post(unstorable)).status).toBe(422);
  });

  test("five run at a time, and no more", async () => {
    await insertLetters(dlq, dlq.tenant, { count: 1, topic: "cari.job.x" });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post({ action: "retry", filter, reason: "r", confirm_count: 1 })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 202, 202, 202, 409, 409, 409]);
  });
});

describe("a running job", () => {
  test("goes step by step, says how far it is, and does each letter once", async () => {
    const count = 2 * jobStepMax + 10;
    await insertLetters(dlq, dlq.tenant, { count, topic: "cari.job.x" });
    const job = await start("discard");
    expect(job).toMatchObject({ status: "running", matched: count, looked_at: 0, taken: 0 });
    await runJobStep(dlq.jobDeps);
    expect(await read(job.id)).toMatchObject({ status: "running", looked_at: jobStepMax, taken: jobStepMax });
    await Promise.all([runJobs(dlq.jobDeps), runJobs(dlq.jobDeps)]);
    await runToTheEnd();
    expect(await read(job.id)).toMatchObject({ status: "done", looked_at: count, taken: count, skipped: 0 });
    const audited = (await dlq.auditOf("dead_letters.discarded")).filter(
      ({ detail }) => detail.job === job.id,
    );
    const named = audited.flatMap(({ detail }) => detail.dead_letters as string[]);
    expect([named.length, new Set(named).size]).toEqual([count, count]);
    expect(audited[0]).toMatchObject({ actor: job.created_by, detail: { reason: "the handler is fixed" } });
  });

  test("retries what has somebody to take it, and counts the rest", async () => {
    await dlq.sql`insert into consumers (id, name) values (uuidv7(), 'job.consumer') on conflict do nothing`;
    await insertLetters(dlq, dlq.tenant, { count: 3, topic: "cari.job.x", consumer: "job.consumer" });
    await insertLetters(dlq, dlq.tenant, { count: 2, topic: "cari.job.x", consumer: "gone" });
    const job = await start("retry");
    await runToTheEnd();
    expect(await read(job.id)).toMatchObject({ status: "done", looked_at: 5, taken: 3, skipped: 2 });
    const [queued] = await dlq.sql`select count(*)::int n from dead_letter_retries where outcome is null`;
    expect(queued?.n).toBe(3);
  });

  test("leaves nothing half done and nothing out when its process dies at any step", async () => {
    const count = jobStepMax + 20;
    await insertLetters(dlq, dlq.tenant, { count, topic: "cari.job.x" });
    const job = await start("discard");
    crashAt = "dlq.job_before_commit";
    await expect(runJobStep(dlq.jobDeps)).rejects.toThrow("the connection is gone");
    expect(await read(job.id)).toMatchObject({ status: "running", looked_at: 0, taken: 0 });
    expect((await statuses()).join()).toContain(`open ${count}`);
    crashAt = "";
    await runJobStep(dlq.jobDeps);
    crashAt = "dlq.job_before_commit";
    await expect(runJobStep(dlq.jobDeps)).rejects.toThrow();
    crashAt = "";
    await runToTheEnd();
    expect(await read(job.id)).toMatchObject({ status: "done", looked_at: count, taken: count });
  });

  test("that cannot be done ends as failed and says so, and holds up no other", async () => {
    await insertLetters(dlq, dlq.tenant, { count: 1, topic: "cari.job.x" });
    const broken = await start("discard");
    await dlq.sql`update dead_letter_jobs set filter = '{"since":"nonsense"}', updated_at = now() - interval '1 hour'
      where id = (select id from dead_letter_jobs where status = 'running')`;
    const good = await start("discard");
    await runToTheEnd();
    expect(await read(broken.id)).toMatchObject({ status: "failed", error: expect.stringContaining("log") });
    expect(await read(good.id)).toMatchObject({ status: "done", taken: 1 });
  });
});

describe("cancelling a job", () => {
  test("keeps what it did and leaves the rest alone; the second time is told that it is over", async () => {
    await insertLetters(dlq, dlq.tenant, { count: jobStepMax + 5, topic: "cari.job.x" });
    const job = await start("discard");
    await runJobStep(dlq.jobDeps);
    const cancelled = await dlq.send("POST", `/admin/bulk-jobs/${job.id}/cancel`, { body: {} });
    expect(cancelled.body).toMatchObject({
      status: "cancelled",
      taken: jobStepMax,
      finished_at: expect.any(String),
    });
    await runToTheEnd();
    expect((await statuses()).join()).toContain("open 5");
    expect((await dlq.send("POST", `/admin/bulk-jobs/${job.id}/cancel`, { body: {} })).status).toBe(409);
    expect((await dlq.auditOf("bulk_job.cancelled")).at(-1)).toMatchObject({
      target: job.id,
      detail: { taken: jobStepMax },
    });
  });
});

describe("a job of an operator", () => {
  test("reaches every organization, or the one it names, and stands on each one's chain", async () => {
    await insertLetters(dlq, dlq.tenant, { count: 2, topic: "cari.job.x" });
    await insertLetters(dlq, dlq.stranger, { count: 3, topic: "cari.job.x" });
    const one = await start(
      "discard",
      { ...filter, organization_id: dlq.stranger.organization },
      dlq.operator,
    );
    expect(one).toMatchObject({ matched: 3, organization_id: dlq.stranger.organization });
    await runToTheEnd();
    expect((await statuses()).join()).toContain("open 2");
    const all = await start("discard", filter, dlq.operator);
    expect(all).toMatchObject({ matched: 2, organization_id: null });
    await runToTheEnd();
    const chains = await dlq.sql`select organization_id from audit_log
      where action = 'dead_letters.discarded' and detail ->> 'job' in (${one.id}, ${all.id})`;
    expect(new Set(chains.map((row) => publicId("org", row.organization_id)))).toEqual(
      new Set([dlq.tenant.organization, dlq.stranger.organization]),
    );
  });

  test("is listed for operators, and a tenant's own for the tenant", async () => {
    const list = async (key: string) => (await dlq.send("GET", "/admin/bulk-jobs?limit=2", { key })).body;
    const page = await list(dlq.operator);
    expect(page.data).toHaveLength(2);
    const next = await dlq.send("GET", `/admin/bulk-jobs?limit=2&cursor=${page.next_cursor}`, {
      key: dlq.operator,
    });
    expect(next.body.data).not.toEqual([]);
    expect(next.body.data[0]?.id).not.toBe(page.data[1]?.id);
    expect((await list(dlq.stranger.key)).data).toEqual([]);
  });
});
