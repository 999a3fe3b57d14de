import { randomBytes } from "node:crypto";
import { createFakeClock } from "@carewire/testkit";
import { generateHmacSecret } from "@carewire/verifiers";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { createTargets, type Targets } from "./targets.ts";

const clock = createFakeClock(1_000_000);
let bench: DeliveryBench;
let unreadable: string[];
let targets: Targets;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  unreadable = [];
  const onUnreadable = (id: string) => void unreadable.push(id);
  targets = createTargets({
    sql: bench.sql,
    vault: bench.vault,
    clock,
    targetsMax: 3,
    scheduleMs: [5_000],
    onLoaded: () => {},
    onUnreadable,
  });
});

test("a subscription is taken apart once: address, keys, policy", async () => {
  const { id } = await bench.subscribe({
    url: "https://example.com:8443/hook?a=1",
    retriesMax: 3,
    successCodes: "200",
  });
  await targets.load([id]);
  const target = targets.get(id, 1);
  expect(target).toMatchObject({
    origin: "https://example.com:8443",
    path: "/hook?a=1",
    active: true,
    policy: { retriesMax: 3, retryPolicy: "exponential", successCodes: "200", scheduleMs: [5_000] },
  });
  expect(target?.signer).toMatchObject({ scheme: "standard-webhooks", keys: [{ algorithm: "hmac-sha256" }] });
});

test("a newer version is asked for, an older one is good enough", async () => {
  const { id } = await bench.subscribe();
  await bench.sql`update subscriptions set version = 5 where id = ${id}`;
  await targets.load([id]);
  expect(targets.get(id, 4)).not.toBeNull();
  expect(targets.get(id, 5)).not.toBeNull();
  expect(targets.get(id, 6)).toBeNull();
});

test("who had one read gets it, although others read it again at the same time; the newest stays", async () => {
  const [one, other] = await Promise.all([bench.subscribe(), bench.subscribe()]);
  await bench.sql`update subscriptions set version = 3 where id = ${one.id}`;
  const released = Promise.withResolvers<void>();
  const slow = createTargets({
    ...{
      sql: bench.sql,
      clock,
      targetsMax: 3,
      scheduleMs: [5_000],
      onLoaded: () => {},
      onUnreadable: () => {},
    },
    vault: {
      ...bench.vault,
      async dataKey(organizationId) {
        await released.promise;
        return bench.vault.dataKey(organizationId);
      },
    },
  });
  const first = slow.load([one.id, other.id]);
  await bench.sql`update subscriptions set version = 4 where id = ${one.id}`;
  const second = slow.load([other.id, one.id]);
  released.resolve();
  expect((await second).get(one.id)?.version).toBe(4);
  expect((await first).has(one.id)).toBe(true);
  expect(slow.get(one.id, 4)).not.toBeNull();
});

test("nothing is trusted for longer than a minute", async () => {
  const { id } = await bench.subscribe();
  await targets.load([id]);
  clock.advance(60_000);
  expect(targets.get(id, 1)).not.toBeNull();
  clock.advance(1);
  expect(targets.get(id, 1)).toBeNull();
});

test("one with a secret that expires is read anew then, and the secret no longer signs", async () => {
  const { id } = await bench.subscribe({
    secrets: [generateHmacSecret(randomBytes), generateHmacSecret(randomBytes)],
  });
  await bench.sql`
    update subscription_secrets set expires_at = now() + interval '50 seconds'
    where id = (select id from subscription_secrets where subscription_id = ${id} order by id limit 1)`;
  await targets.load([id]);
  expect(targets.get(id, 1)?.signer).toMatchObject({ keys: [{}, {}] });
  clock.advance(30_000);
  expect(targets.get(id, 1)).not.toBeNull();
  clock.advance(20_001);
  expect(targets.get(id, 1)).toBeNull();
  await bench.sql`update subscription_secrets set expires_at = now() where expires_at is not null`;
  await targets.load([id]);
  expect(targets.get(id, 1)?.signer).toMatchObject({ keys: [{}] });
});

test("no more are kept than allowed", async () => {
  const subscriptions = await Promise.all(Array.from({ length: 6 }, () => bench.subscribe()));
  await targets.load(subscriptions.map(({ id }) => id));
  expect(subscriptions.filter(({ id }) => targets.get(id, 1))).toHaveLength(3);
});

test("one that is gone, has no secret or cannot be decrypted is missing, its neighbours are not", async () => {
  const [fine, gone, bare, broken] = await Promise.all(Array.from({ length: 4 }, () => bench.subscribe()));
  if (!fine || !gone || !bare || !broken) throw new Error("four were asked for");
  await targets.load([gone.id]);
  await bench.sql`delete from subscriptions where id = ${gone.id}`;
  await bench.sql`delete from subscription_secrets where subscription_id = ${bare.id}`;
  await bench.sql`update subscription_secrets set secret = ${Buffer.alloc(64)} where subscription_id = ${broken.id}`;
  await targets.load([fine.id, gone.id, bare.id, broken.id]);
  expect(targets.get(fine.id, 1)).not.toBeNull();
  for (const { id } of [gone, bare, broken]) expect(targets.get(id, 1)).toBeNull();
  expect(unreadable.sort()).toEqual([bare.id, broken.id].sort());
});

test("one that is sent unsigned needs no secret", async () => {
  const { id } = await bench.subscribe({ scheme: "none", secrets: [] });
  await targets.load([id]);
  expect(targets.get(id, 1)?.signer).toEqual({ scheme: "none" });
});

test("its static headers are opened once, and without any there is nothing to send or to hide", async () => {
  const { id } = await bench.subscribe({ headers: { "x-a": "1" }, sensitiveHeaders: { "x-b": "2" } });
  const bare = await bench.subscribe();
  await targets.load([id, bare.id]);
  expect(targets.get(id, 1)?.headers.sent).toEqual(["x-a", "1", "x-b", "2"]);
  expect(targets.get(bare.id, 1)?.headers).toEqual({ sent: [], shown: "", secrets: [] });
});
