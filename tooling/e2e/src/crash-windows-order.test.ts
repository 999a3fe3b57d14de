import { eventually, type RecordedRequest } from "@carewire/testkit";
import { expect, test } from "vitest";
import { settle } from "./settle.ts";
import { createApiClient } from "./world/api-client.ts";
import { createWorld } from "./world/create-world.ts";
import { expectDeath } from "./world/expect-death.ts";

const subjects = 5;
const perSubject = 8;

/** Orders of which every second passes a filter on their amount, several per subject, in the order they are sent. */
const events = Array.from({ length: subjects * perSubject * 2 }, (_, n) => {
  const order = `order-${Math.floor(n / 2) % subjects}`;
  const data = { order_id: order, customer_id: "c", amount: n % 2 ? 100 : 1, currency: "eur" };
  return { id: `ordered_${n}`, type: "order.paid", subject: order, data };
});
const wanted = events.filter(({ data }) => data.amount === 100);

/** The events of one subject as the receiver saw them first. */
function firstReceipts(requests: readonly RecordedRequest[], subject: string): string[] {
  const ids = requests.map(({ headers }) => String(headers["webhook-id"]));
  const ofSubject = new Set(wanted.filter((event) => event.subject === subject).map(({ id }) => id));
  return [...new Set(ids)].filter((id) => ofSubject.has(id));
}

const windows = [
  { failpoint: "dispatch.before_filtered", passage: 1 },
  { failpoint: "dispatch.before_promote", passage: 1 },
  { failpoint: "dispatch.before_release", passage: 5 },
  { failpoint: "dispatch.before_promote", passage: 9 },
  { failpoint: "dispatch.after_record", passage: 3 },
];

test.concurrent.for(windows)(
  "a dispatcher killed at $failpoint, passage $passage, leaves filtered, ordered deliveries that end in order",
  async ({ failpoint, passage }, { onTestFinished }) => {
    const world = await createWorld();
    onTestFinished(world.close);
    const { url } = await world.start("subscriptions-api");
    const api = createApiClient({ url, key: world.tenant.key });
    const body = {
      url: `${world.receiver.url}/ordered`,
      ordering: "fifo",
      filter: { amount: { $gte: 100 } },
    };
    await api.post("/v1/subscriptions", { name: "ordered", events: "order.*", ...body });
    const doomed = await world.start("dispatcher", { FAILPOINT: `${failpoint}:kill@${passage}` });
    await eventually(async () => (await api.tryPost("/v1/events/batch", { events }))?.status === 202);
    await expectDeath(doomed, failpoint);

    await Promise.all([world.start("dispatcher"), world.start("dispatcher")]);
    await settle(world.sql, wanted.length);
    for (let n = 0; n < subjects; n++) {
      const inOrder = wanted.filter(({ subject }) => subject === `order-${n}`).map(({ id }) => id);
      expect(firstReceipts(world.receiver.requests(), `order-${n}`)).toEqual(inOrder);
    }
  },
);
