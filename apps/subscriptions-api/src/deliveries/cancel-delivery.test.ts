import { wakeChannel } from "@carewire/bus";
import { parsePublicId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription, type SeededDelivery, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
let subscription: string;

beforeAll(async () => {
  api = await startTestApi();
  subscription = await createSubscription(api, { ordering: "fifo" });
});
afterAll(() => api.stop());

const cancel = (id: string, key?: string) =>
  api.send("POST", `/v1/deliveries/${id}/cancel`, key === undefined ? {} : { key });
const read = async (id: string) => (await api.send("GET", `/v1/deliveries/${id}`)).body;
const inQueues = async ({ rowId }: SeededDelivery) => {
  const [row] = await api.sql`
    select (select count(*)::int from delivery_queue where id = ${rowId}) due,
      (select count(*)::int from fifo_queue where delivery_id = ${rowId}) waiting,
      (select count(*)::int from fifo_lanes where delivery_id = ${rowId}) heads`;
  return row;
};
const lease = ({ rowId }: SeededDelivery, until: string) =>
  api.sql`update delivery_queue set attempts = 1, lease_token = 1, lease_until = now() + ${until}::interval
    where id = ${rowId}`;
const audited = async (id: string) =>
  (await api.sql`select detail from audit_log where action = 'delivery.cancelled' and target = ${id}`).map(
    ({ detail }) => detail,
  );

/** Three deliveries of one subject: the first on its way, the others in line. */
async function seedLane(subject: string) {
  const { organizationId } = api.tenant;
  const subscriptionId = parsePublicId("sub", subscription);
  const all: SeededDelivery[] = [];
  for (let i = 0; i < 3; i++) all.push(await seedDelivery(api, { subscription }));
  const [head, ...others] = all as [SeededDelivery, SeededDelivery, SeededDelivery];
  await api.sql`insert into fifo_lanes (subscription_id, subject, organization_id, delivery_id)
    values (${subscriptionId}, ${subject}, ${organizationId}, ${head.rowId})`;
  for (const { rowId } of others) {
    await api.sql`delete from delivery_queue where id = ${rowId}`;
    await api.sql`insert into fifo_queue (delivery_id, organization_id, subscription_id, subject, event_id)
      select id, organization_id, destination_id, ${subject}, event_id from deliveries where id = ${rowId}`;
  }
  return { head, second: others[0], third: others[1] };
}

describe("cancelling", () => {
  test("a pending delivery takes it off the queue for good, audited once", async () => {
    const delivery = await seedDelivery(api, { subscription, tries: [500] });
    const answer = await cancel(delivery.id);
    expect([answer.status, answer.body.status, answer.body.attempts]).toEqual([200, "cancelled", 1]);
    expect(await inQueues(delivery)).toEqual({ due: 0, waiting: 0, heads: 0 });
    expect((await cancel(delivery.id)).body.status).toBe("cancelled");
    expect(await audited(delivery.id)).toEqual([{ attempts: 1 }]);
  });

  test("a held delivery ends it too", async () => {
    const delivery = await seedDelivery(api, { subscription, status: 1 });
    expect((await cancel(delivery.id)).body.status).toBe("cancelled");
    expect((await read(delivery.id)).status).toBe("cancelled");
  });

  test.each([2, 3])("a finished one (%i) is refused and changes nothing", async (status) => {
    const delivery = await seedDelivery(api, { subscription, status, tries: [200] });
    const answer = await cancel(delivery.id);
    expect([answer.status, answer.body.code]).toEqual([409, "conflict"]);
    expect((await read(delivery.id)).status).toBe(status === 2 ? "delivered" : "failed");
    expect(await audited(delivery.id)).toEqual([]);
  });

  test("one that is being sent right now is refused: its attempt decides", async () => {
    const delivery = await seedDelivery(api, { subscription });
    await lease(delivery, "1 minute");
    const answer = await cancel(delivery.id);
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("right now")]);
    expect(await inQueues(delivery)).toEqual({ due: 1, waiting: 0, heads: 0 });
  });

  test("one whose attempt was lost leaves that attempt, so that the ledger adds up", async () => {
    const delivery = await seedDelivery(api, { subscription });
    await lease(delivery, "-1 second");
    expect((await cancel(delivery.id)).body.attempts).toBe(1);
    const attempts = await api.sql`select n, outcome from attempts where delivery_id = ${delivery.rowId}`;
    expect(attempts).toEqual([{ n: 1, outcome: "lost" }]);
  });
});

describe("in an ordered subscription", () => {
  test("a delivery that waits says for which", async () => {
    const { head, second, third } = await seedLane("a");
    expect((await read(head.id)).waiting_for).toBe(null);
    expect((await read(second.id)).waiting_for).toBe(head.id);
    expect((await read(third.id)).waiting_for).toBe(head.id);
    await api.sql`delete from fifo_lanes where delivery_id = ${head.rowId}`;
    expect((await read(second.id)).waiting_for).toBe(null);
    expect((await read(third.id)).waiting_for).toBe(second.id);
  });

  test("cancelling the first frees the lane and tells dispatchers", async () => {
    const { head, second } = await seedLane("b");
    const heard: string[] = [];
    const listening = await api.sql.listen(wakeChannel, (payload) => heard.push(payload));
    await cancel(head.id);
    await expect.poll(() => heard).toContain("lanes");
    await listening.unlisten();
    expect(await inQueues(head)).toEqual({ due: 0, waiting: 0, heads: 0 });
    expect(await inQueues(second)).toEqual({ due: 0, waiting: 1, heads: 0 });
  });

  test("cancelling one that waits leaves the lane to the others", async () => {
    const { head, second, third } = await seedLane("c");
    expect((await cancel(second.id)).body.status).toBe("cancelled");
    expect(await inQueues(second)).toEqual({ due: 0, waiting: 0, heads: 0 });
    expect(await inQueues(head)).toEqual({ due: 1, waiting: 0, heads: 1 });
    expect((await read(third.id)).waiting_for).toBe(head.id);
  });

  test("deleting the subscription cancels everything in its lanes but what is being sent", async () => {
    const own = subscription;
    subscription = await createSubscription(api, { ordering: "fifo" });
    const { head, second, third } = await seedLane("d");
    const sending = await seedLane("e");
    await lease(sending.head, "1 minute");
    expect((await api.send("DELETE", `/v1/subscriptions/${subscription}`)).status).toBe(204);
    subscription = own;
    for (const delivery of [head, second, third, sending.second, sending.third]) {
      expect((await read(delivery.id)).status).toBe("cancelled");
      expect(await inQueues(delivery)).toEqual({ due: 0, waiting: 0, heads: 0 });
    }
    expect(await inQueues(sending.head)).toEqual({ due: 1, waiting: 0, heads: 1 });
  });

  test("turning the order off makes everything due that waits", async () => {
    const { second, third } = await seedLane("f");
    const answer = await api.send("PATCH", `/v1/subscriptions/${subscription}`, {
      body: { ordering: "none" },
    });
    expect(answer.status).toBe(200);
    for (const delivery of [second, third]) {
      expect(await inQueues(delivery)).toEqual({ due: 1, waiting: 0, heads: 0 });
    }
  });
});

test("another organization's delivery is not there, and stays as it is", async () => {
  const delivery = await seedDelivery(api, { subscription });
  expect((await cancel(delivery.id, api.stranger.key)).status).toBe(404);
  expect((await cancel(publicId("dlv", parsePublicId("sub", subscription) ?? ""))).status).toBe(404);
  expect((await read(delivery.id)).status).toBe("pending");
});
