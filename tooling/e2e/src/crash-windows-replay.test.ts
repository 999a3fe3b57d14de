import { eventually } from "@carewire/testkit";
import { expect, test } from "vitest";
import { countReceipts, expectedReceipts } from "./receipts.ts";
import { settle } from "./settle.ts";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { createWorld } from "./world/create-world.ts";
import { expectDeath } from "./world/expect-death.ts";
import { publishOrders } from "./world/publish-orders.ts";
import { subscribe } from "./world/subscribe.ts";

const endpoints = 2;
const events = 150;
const deliveries = endpoints * events;
/** A step queues a quarter of a second's worth, so that the job takes several. */
const ratePerSecond = 160;

interface Job {
  id: string;
  status: string;
  total: number;
  replayed: number;
}

async function finishJob(api: ApiClient, { id }: Job): Promise<Job> {
  const check = async () => {
    const job = await api.get<Job>(`/v1/replays/${id}`);
    return job.status !== "running" && job;
  };
  return eventually(check, { timeoutMs: 60_000, description: "the replay to end" });
}

const windows = [
  { failpoint: "replay.before_commit", passage: 1 },
  { failpoint: "replay.before_commit", passage: 3 },
  { failpoint: "replay.after_commit", passage: 1 },
  { failpoint: "replay.after_commit", passage: 4 },
];

test.concurrent.for(windows)(
  "a dispatcher killed at $failpoint, passage $passage, leaves a replay that goes on without gap or double",
  async ({ failpoint, passage }, { onTestFinished }) => {
    const world = await createWorld();
    onTestFinished(world.close);
    const { url } = await world.start("subscriptions-api");
    const api = createApiClient({ url, key: world.tenant.key });
    const subscriptions = await subscribe(api, {
      url: world.receiver.url,
      count: endpoints,
      events: ["order.paid"],
    });
    const doomed = await world.start("dispatcher", { FAILPOINT: `${failpoint}:kill@${passage}` });
    const acknowledged = await publishOrders(api, "replay", events);
    await settle(world.sql, deliveries);

    const body = { filter: { status: "delivered" }, rate_per_second: ratePerSecond };
    const job = await api.post<Job>("/v1/replays", body);
    expect(job).toMatchObject({ status: "running", total: deliveries });
    await expectDeath(doomed, failpoint);
    const [left] = await world.sql<{ replayed: number; rows: number }[]>`
      select replayed, (select count(*)::int from deliveries where replay_job_id = j.id) rows from replay_jobs j`;
    expect(left?.rows, "what the job says it queued is there").toBe(left?.replayed);
    expect(left?.rows).toBeLessThan(deliveries);

    await world.start("dispatcher");
    await world.start("dispatcher");
    expect(await finishJob(api, job)).toMatchObject({
      status: "done",
      replayed: deliveries,
      total: deliveries,
    });
    await settle(world.sql, 2 * deliveries);
    const [made] = await world.sql`
      select count(*)::int replays, count(distinct (event_id, destination_id))::int messages,
        count(distinct replay_of)::int repeated from deliveries where trigger = 1`;
    expect(made).toEqual({ replays: deliveries, messages: deliveries, repeated: deliveries });
    const receipts = countReceipts(world.receiver.requests());
    expect([...receipts.keys()].sort()).toEqual(expectedReceipts(subscriptions.paths, acknowledged));
    expect([...receipts.values()].filter((times) => times < 2)).toEqual([]);
  },
);
