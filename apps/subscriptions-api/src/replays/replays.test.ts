import { parsePublicId } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { auditOf } from "../testing/subscription-rows.ts";

let api: TestApi;
let subscription: string;

const hourAgo = new Date(Date.now() - 3_600_000).toISOString();

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.sql`update replay_jobs set status = 'done' where status = 'running'`;
  subscription = await createSubscription(api);
});

async function publish(type = "order.paid", more: object = {}): Promise<string> {
  const body = { type, data: { order_id: "o", customer_id: "c" }, ...more };
  const published = await api.send("POST", "/v1/events", { body });
  const eventId = parsePublicId("evt", String(published.body.id)) ?? "";
  await api.sql`delete from route_queue`;
  return eventId;
}

/** An event and its finished delivery to the subscription. */
const finished = async (status: number, tries: (number | null)[] = [], to = subscription) =>
  seedDelivery(api, { subscription: to, eventId: await publish(), status, tries });

const post = (path: string, body: object, headers = {}) => api.send("POST", path, { body, headers });
const replayFilter = (filter: object, more: object = {}) =>
  post("/v1/replays", { filter: { subscription_id: subscription, ...filter }, ...more });

const endpointsOf = (id: unknown) => api.sql<{ subscription_id: string }[]>`
  select subscription_id from replay_job_endpoints where job_id = ${parsePublicId("rpl", String(id))} order by 1`;

describe("a dry run", () => {
  test.each([
    [{}, 4],
    [{ status: "failed" }, 2],
    [{ status: ["failed", "cancelled"] }, 3],
    [{ response_class: "5xx" }, 1],
    [{ response_class: "2xx" }, 1],
    [{ type: "order.*" }, 4],
    [{ type: ["customer.created"] }, 0],
    [{ since: hourAgo }, 4],
    [{ until: hourAgo }, 0],
  ])("with %j counts exactly, and changes nothing", async (filter, total) => {
    await finished(2, [200]);
    await finished(3, [503]);
    await finished(3, [404]);
    await finished(4);
    await finished(0);
    await finished(1);
    await finished(3, [], await createSubscription(api));
    const before = await api.sql`select count(*) from replay_jobs`;
    const { status, body } = await replayFilter(filter, { dry_run: true });
    expect([status, body]).toEqual([
      200,
      {
        dry_run: true,
        total,
        total_is: "exact",
        subscriptions: total > 0 ? 1 : 0,
        until: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    expect(await api.sql`select count(*) from replay_jobs`).toEqual(before);
  });

  test("says until when it looked: with that, what failed since is not replayed", async () => {
    await finished(3);
    const counted = await replayFilter({}, { dry_run: true });
    await eventually(() => Date.now() > Date.parse(String(counted.body.until)));
    await finished(3);
    const made = await replayFilter({ until: counted.body.until });
    expect([counted.body.total, made.body.total]).toEqual([1, 1]);
  });

  test("counts further than one look reaches", async () => {
    const eventId = await publish();
    await api.sql`
      insert into deliveries (id, organization_id, event_id, destination_id, status)
      select uuidv7(), ${api.tenant.organizationId}, ${eventId}, ${parsePublicId("sub", subscription)}, 3
      from generate_series(1, 3500)`;
    // Counting ends after seconds.
    const { body } = await eventually(async () => {
      const counted = await replayFilter({}, { dry_run: true });
      return counted.body.total_is === "exact" && counted;
    });
    expect(body.total).toBe(3_500);
  });

  test("goes on when its caller hangs up, and counts as one of the few at a time until it ends", async () => {
    const [locked, unlock] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const blocking = api.sql.begin(async (tx) => {
      await tx`lock table deliveries in access exclusive mode`;
      locked.resolve();
      await unlock.promise;
    });
    await locked.promise;
    const body = { filter: { subscription_id: [subscription], since: hourAgo }, dry_run: true };
    const counting = async () =>
      (
        await api.sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and application_name = 'test-handlers'`
      ).length;
    for (let n = 1; n <= 4; n++) {
      const caller = new AbortController();
      const headers = { authorization: `Bearer ${api.tenant.key}`, "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(body), signal: caller.signal };
      const asked = fetch(`${api.url}/v1/replays`, init).catch(() => {});
      await eventually(async () => (await counting()) === n);
      caller.abort();
      await asked;
    }
    expect((await post("/v1/replays", body)).status).toBe(503);
    unlock.resolve();
    await blocking;
    await eventually(async () => (await post("/v1/replays", body)).status === 200);
  });

  test("of what is missing says that a condition makes it an upper bound", async () => {
    await publish();
    const filtered = await createSubscription(api, { filter: { amount: { $gt: 10 } } });
    const { body } = await post(`/v1/subscriptions/${filtered}/replay-missing`, {
      since: hourAgo,
      dry_run: true,
    });
    expect(body).toMatchObject({ total_is: "at_most" });
    expect(body.total).toBeGreaterThan(0);
  });
});

describe("a bulk replay", () => {
  test("becomes a job over the subscriptions that have something to replay, audited", async () => {
    const other = await createSubscription(api);
    await createSubscription(api);
    await finished(3);
    await finished(3, [], other);
    const { status, body } = await post("/v1/replays", {
      filter: { subscription_id: [subscription, other], status: "failed" },
      rate_per_second: 50,
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      kind: "filter",
      status: "running",
      subscription_id: null,
      filter: { subscription_id: [subscription, other], status: ["failed"] },
      rate_per_second: 50,
      total: 2,
      total_is: "exact",
      replayed: 0,
      paused_subscriptions: 0,
      finished_at: null,
      error: null,
    });
    expect(await endpointsOf(body.id)).toHaveLength(2);
    expect((await api.send("GET", `/v1/replays/${body.id}`)).body).toMatchObject({ id: body.id, total: 2 });
    expect(await auditOf(api, String(body.id))).toMatchObject([
      { action: "replay.created", detail: { total: 2 } },
    ]);
  });

  test("shows its progress, when it will be done, and whom it waits for", async () => {
    await finished(3);
    const { body } = await replayFilter({});
    const id = parsePublicId("rpl", String(body.id));
    await api.sql`
      update replay_jobs set total = 100, replayed = 50, created_at = now() - interval '10 seconds', updated_at = now()
      where id = ${id}`;
    const askedAtMs = Date.now();
    const running = (await api.send("GET", `/v1/replays/${body.id}`)).body;
    expect(running).toMatchObject({ replayed: 50, total: 100, status: "running" });
    const estimateMs = Date.parse(String(running.estimated_finish_at));
    expect(estimateMs).toBeGreaterThan(askedAtMs + 9_000);
    // What was half done after ten seconds needs as long again, and had as long as this took.
    expect(estimateMs).toBeLessThan(Date.now() + 11_000 + (Date.now() - askedAtMs));
    await api.send("POST", `/v1/subscriptions/${subscription}/pause`);
    expect((await api.send("GET", `/v1/replays/${body.id}`)).body).toMatchObject({
      paused_subscriptions: 1,
      estimated_finish_at: null,
    });
  });

  test("is cancelled once, and cancelling again changes nothing", async () => {
    await finished(3);
    const { body } = await replayFilter({});
    const path = `/v1/replays/${body.id}/cancel`;
    const first = await api.send("POST", path);
    expect(first.body).toMatchObject({ status: "cancelled", finished_at: expect.stringMatching(/Z$/) });
    expect((await api.send("POST", path)).body).toEqual(first.body);
    expect((await auditOf(api, String(body.id))).map(({ action }) => action)).toEqual([
      "replay.created",
      "replay.cancelled",
    ]);
  });

  test("with an Idempotency-Key is one job however often it is asked for; the key stands for no other", async () => {
    await finished(3);
    const headers = { "idempotency-key": `bulk-${subscription}` };
    const body = { filter: { subscription_id: subscription } };
    const first = await post("/v1/replays", body, headers);
    const second = await post("/v1/replays", body, headers);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body).toEqual(first.body);
    expect(await auditOf(api, String(first.body.id))).toHaveLength(1);
    const conflict = await post(`/v1/subscriptions/${subscription}/recover`, { since: hourAgo }, headers);
    expect(conflict.body).toMatchObject({ status: 409, code: "idempotency_conflict" });
  });

  test("an Idempotency-Key used for an account stands for nothing of the whole organization", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    const headers = { "idempotency-key": `account-${subscription}` };
    const body = { filter: {} };
    const ofAccount = await api.send("POST", "/v1/replays", { key, headers, body });
    expect(ofAccount.status).toBe(202);
    const ofAll = await post("/v1/replays", body, headers);
    expect(ofAll.body).toMatchObject({ status: 409, code: "idempotency_conflict" });
  });

  test.each([
    ["a window that is too long", { since: "2020-01-01T00:00:00Z" }, "filter.since"],
    [
      "a window that ends before it begins",
      { since: hourAgo, until: "2020-01-01T00:00:00Z" },
      "filter.since",
    ],
    ["a status that is not finished", { status: "pending" }, "filter.status"],
    ["a subscription that is not there", { subscription_id: "sub_nonsense" }, "filter.subscription_id"],
    ["an account that is not there", { account_id: "acc_nonsense" }, "filter.account_id"],
  ])("refuses %s: 422 at its path", async (_name, filter, path) => {
    const { status, body } = await replayFilter(filter);
    expect(status).toBe(422);
    expect((body.errors as { path: string }[]).map((error) => error.path)).toContain(path);
  });

  test("refuses another organization's subscription like one that is not there", async () => {
    const foreign = await createSubscription(api, {}, api.stranger.key);
    const { status, body } = await replayFilter({ subscription_id: [subscription, foreign] });
    expect([status, body.code]).toEqual([422, "validation_failed"]);
  });

  test("is 429 while ten are running", async () => {
    await finished(3);
    for (let i = 0; i < 10; i++) expect((await replayFilter({})).status).toBe(202);
    const { status, body, headers } = await replayFilter({});
    expect([status, body.code, headers.get("retry-after")]).toEqual([429, "too_many_requests", "60"]);
    expect((await replayFilter({}, { dry_run: true })).status).toBe(200);
    const foreign = await createSubscription(api, {}, api.stranger.key);
    const own = await api.send("POST", "/v1/replays", {
      key: api.stranger.key,
      body: { filter: { subscription_id: foreign } },
    });
    expect(own.status).toBe(202);
  });
});

describe("a subscription's own replays", () => {
  test("recover counts every event since then, or only what did not arrive", async () => {
    const own = await createSubscription(api, { events: "order.recovered" });
    const since = new Date().toISOString();
    const seed = async (status: number) =>
      seedDelivery(api, { subscription: own, eventId: await publish("order.recovered"), status });
    await seed(2);
    await seed(3);
    await seed(0);
    const path = `/v1/subscriptions/${own}/recover`;
    const failed = await post(path, { since, only_failed: true });
    expect(failed.body).toMatchObject({ kind: "recover", subscription_id: own, total: 1 });
    expect(failed.body.filter).toMatchObject({ only_failed: true });
    expect((await post(path, { since })).body).toMatchObject({ total: 2, total_is: "exact" });
  });

  test("replay-missing counts what never had a delivery there", async () => {
    await finished(3);
    const late = await createSubscription(api, { events: "customer.created" });
    await publish("customer.created", { data: { customer_id: "c_late" } });
    const path = `/v1/subscriptions/${late}/replay-missing`;
    expect((await post(path, { since: hourAgo })).body).toMatchObject({ kind: "missing", total: 1 });
  });

  test("missing events are looked for as far back as can be when no since is given", async () => {
    const late = await createSubscription(api, { events: "customer.address_changed" });
    await publish("customer.address_changed", { data: { customer_id: "c_late" } });
    const { status, body } = await api.send("POST", `/v1/subscriptions/${late}/replay-missing`);
    expect([status, body.kind, body.total]).toEqual([202, "missing", 1]);
    const { since, until } = body.filter as Record<string, string>;
    expect(Date.parse(String(until)) - Date.parse(String(since))).toBe(92 * 86_400_000);
  });

  test("everything since a moment needs that moment", async () => {
    const { status, body } = await post(`/v1/subscriptions/${subscription}/recover`, {});
    expect([status, body.code]).toEqual([422, "validation_failed"]);
  });
});
