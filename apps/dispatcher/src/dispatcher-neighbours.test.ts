import { resetEndpointHealth } from "@carewire/db";
import { type Receiver, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOneShots, type OneShots } from "./testing/deliver-once.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import type { OddServer } from "./testing/serve.ts";
import { startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

const events = 25;
const healthyEndpoints = 8;
const failuresMax = 5;

let bench: DeliveryBench;
let oneShots: OneShots;
let healthy: Receiver;

beforeAll(async () => {
  bench = await createDeliveryBench();
  oneShots = createOneShots(bench);
  healthy = await startReceiver();
});
afterAll(async () => {
  await healthy.close();
  await oneShots.closeServers();
  await bench.close();
});

/** Ways to be a bad endpoint, until `mended` says that they answer like everybody else. */
async function startBadEndpoints(mended: () => boolean): Promise<Record<string, OddServer>> {
  const unlessMended =
    (bad: Parameters<OneShots["serve"]>[0]): Parameters<OneShots["serve"]>[0] =>
    (request, response) =>
      mended() ? response.end() : bad(request, response);
  return {
    hanging: await oneShots.serve(unlessMended(() => {})),
    dripping: await oneShots.serve(
      unlessMended((_, response) => {
        response.writeHead(503);
        const drip = setInterval(() => response.write("."), 50);
        response.on("close", () => clearInterval(drip));
      }),
    ),
    failing: await oneShots.serve(unlessMended((_, response) => response.writeHead(500).end())),
    resetting: await oneShots.serve(unlessMended((request) => request.socket.resetAndDestroy())),
  };
}

test("endpoints that hang, drip, fail, reset, flood or cannot do TLS leave their neighbours alone, and lose nothing", async () => {
  let isMended = false;
  const bad = await startBadEndpoints(() => isMended);
  const flooding = await oneShots.serve((_, response) => {
    // More than anybody reads; the part that was read is kept.
    response.writeHead(200);
    for (let i = 0; i < 64; i++) response.write(Buffer.alloc(65_536, "x"));
    response.end();
  });
  const plain = await oneShots.serve((_, response) => response.end());
  const ids = new Map<string, string>();
  for (const [name, server] of Object.entries(bad))
    ids.set(name, (await bench.subscribe({ url: server.url })).id);
  ids.set("not TLS", (await bench.subscribe({ url: plain.url.replace("http:", "https:") })).id);
  await bench.subscribe({ url: flooding.url });
  for (let i = 0; i < healthyEndpoints; i++) await bench.subscribe({ url: `${healthy.url}/${i}` });

  const dispatcher = await startDispatcher(bench, {
    attemptTimeoutMs: 500,
    breaker: { failuresMax, pauseMs: 60_000, pauseMsMax: 60_000 },
  });
  // One after the other, as life goes; all at once would tell nothing of waiting.
  const tookMs: number[] = [];
  for (let i = 0; i < events; i++) {
    const beganAtMs = Date.now();
    await bench.publish();
    await bench.wake();
    await healthy.waitFor((i + 1) * healthyEndpoints, patienceMs);
    tookMs.push(Date.now() - beganAtMs);
  }
  // Hundreds of times what it takes alone, a fraction of what waiting for the others would. A busy machine makes some slow.
  expect(tookMs.filter((ms) => ms >= 2_000).length, tookMs.join()).toBeLessThan(events / 5);
  await waitUntil(async () => flooding.requests() >= events);
  const states = () => bench.sql<{ id: string; breaker: string }[]>`
    select subscription_id id, breaker from endpoint_state where breaker <> 'closed'`;
  await waitUntil(async () => (await states()).length === ids.size);
  expect(new Set((await states()).map(({ id }) => id))).toEqual(new Set(ids.values()));
  // What it takes to open a breaker, and what was under way when it did.
  for (const [name, server] of Object.entries(bad)) {
    expect(server.requests(), name).toBeGreaterThanOrEqual(failuresMax);
    expect(server.requests(), name).toBeLessThanOrEqual(2 * failuresMax + 2);
  }

  isMended = true;
  for (const [name, id] of ids) if (name !== "not TLS") await resetEndpointHealth(bench.sql, id);
  await bench.sql`update delivery_queue set due_at = now() where due_at > now()`;
  const waiting = events;
  await waitUntil(
    async () => (await bench.deliveries()).filter(({ status }) => status === "pending").length === waiting,
  );
  await dispatcher.stop();
  expect(dispatcher.errors).toEqual([]);
  const byStatus = await bench.sql`select status, count(*)::int n from deliveries group by 1 order by 1`;
  expect(byStatus).toEqual([
    { status: 0, n: waiting },
    { status: 2, n: events * (healthyEndpoints + Object.keys(bad).length + 1) },
  ]);
  const [ledger] = await bench.sql`select (select count(*) from attempts)::int sent,
    (select count(*) from attempts where outcome = 'lost')::int lost,
    (select sum(coalesce(q.attempts, d.attempts)) from deliveries d left join delivery_queue q on q.id = d.id)::int counted`;
  expect(ledger).toMatchObject({ lost: 0, counted: ledger?.sent });
}, 120_000);
