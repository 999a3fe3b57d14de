import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countReceipts, expectedReceipts } from "./receipts.ts";
import { settle } from "./settle.ts";
import { type ApiClient, createApiClient } from "./world/api-client.ts";
import { createWorld, type World } from "./world/create-world.ts";
import { orders } from "./world/publish-orders.ts";
import { sendStripeEvent } from "./world/send-stripe-event.ts";
import type { RunningApp } from "./world/start-app.ts";
import { invoicePaymentFailed } from "./world/stripe-events.ts";
import { subscribe } from "./world/subscribe.ts";

const senders = 4;

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world?.close());

/** The processes of one path through the product, in the order they are replaced. */
const roles = ["subscriptions-api", "ingress-payments", "ingress-payments-worker", "dispatcher"] as const;

type Running = Record<(typeof roles)[number], RunningApp>;

/** Patient enough that no attempt runs out of time only because the machine is busy. */
const start = (role: (typeof roles)[number]) =>
  world.start(role, { LEASE_SECONDS: "10", ATTEMPT_TIMEOUT_MS: "8000", SHUTDOWN_TIMEOUT_MS: "60000" });

async function startAll(): Promise<Running> {
  const apps = await Promise.all(roles.map(async (role) => [role, await start(role)] as const));
  return Object.fromEntries(apps) as Running;
}

/** As a load balancer does it: the new process takes the traffic, then the old one is told to stop. */
async function replaceAll(running: Running): Promise<void> {
  for (const role of roles) {
    const old = running[role];
    running[role] = await start(role);
    old.kill("SIGTERM");
    expect(await old.exited, role).toEqual({ code: 0, signal: null });
  }
}

const apiOf = (running: Running): ApiClient =>
  createApiClient({ url: running["subscriptions-api"].url, key: world.tenant.key });

/** Sends `send(n)` for n = 0, 1, … from several senders until `stop`; each repeats its item until acknowledged. */
function keepSending(send: (n: number) => Promise<boolean>) {
  let next = 0;
  let stopped = false;
  const loop = async () => {
    while (!stopped) {
      const n = next++;
      await eventually(() => send(n), { description: `item ${n} to be acknowledged` });
    }
  };
  const finished = Promise.all(Array.from({ length: senders }, loop));
  return {
    /** Resolves with the number of items, all of them acknowledged. */
    async stop(): Promise<number> {
      stopped = true;
      await finished;
      return next;
    },
  };
}

test("every process replaced under load: nothing acknowledged is lost, and nothing has a second effect", async () => {
  const running = await startAll();
  const events = ["order.paid", "payment.failed"];
  const { paths } = await subscribe(apiOf(running), { url: world.receiver.url, count: 1, events });
  const publishing = keepSending(async (n) => {
    const [order] = orders(`rolling-${n}`, 1);
    const answer = await apiOf(running).tryPost("/v1/events", order ?? {});
    return answer?.status === 202;
  });
  const providing = keepSending(async (n) => {
    const answer = await sendStripeEvent(running["ingress-payments"].url, invoicePaymentFailed(`evt_${n}`));
    return answer?.status === 200;
  });
  await replaceAll(running);
  const published = await publishing.stop();
  const provided = await providing.stop();
  await settle(world.sql, published + 2 * provided);

  const receipts = countReceipts(world.receiver.requests());
  const told = await world.sql<{ id: string }[]>`select id from events where type = 'payment.failed'`;
  expect(told).toHaveLength(provided);
  expect(await world.sql`select from billing_invoices`).toHaveLength(provided);
  const ids = Array.from({ length: published }, (_, n) => `rolling-${n}_0`);
  const ours = [...receipts.keys()].filter((key) => key.includes("rolling-")).sort();
  expect(ours).toEqual(expectedReceipts(paths, ids));
  expect(receipts.size).toBe(published + provided);
  expect([...receipts.values()].filter((times) => times > 1)).toEqual([]);
});
