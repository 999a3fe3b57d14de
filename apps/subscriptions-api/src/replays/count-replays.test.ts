import { firstIdAt, newId, parsePublicId } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { countReplays } from "./count-replays.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

test("counting that takes too long stops, and says that there are at least so many", async () => {
  const subscription = await createSubscription(api);
  const published = await api.send("POST", "/v1/events", {
    body: { type: "order.paid", data: { order_id: "o", customer_id: "c" } },
  });
  const eventId = parsePublicId("evt", String(published.body.id)) ?? "";
  const { rowId } = await seedDelivery(api, { subscription, eventId, status: 3 });
  await api.sql`
    insert into deliveries (id, organization_id, event_id, destination_id, status)
    select uuidv7(), organization_id, event_id, destination_id, status from deliveries, generate_series(1, 2500)
    where id = ${rowId}`;
  const { organizationId } = api.tenant;
  const endpoint = { id: parsePublicId("sub", subscription) ?? "", accountId: null, isFiltered: false };
  const count = (secondsPerLook: number) => {
    let now = 0;
    return countReplays(api.sql, {
      organizationId,
      endpoints: [endpoint],
      sinceId: firstIdAt(0),
      selection: {
        ...{ organizationId, untilId: newId(Date.now() + 60_000), types: null, accountId: null },
        ...{ walk: "deliveries", statuses: [3], responseClass: null },
      },
      nowMs: () => (now += secondsPerLook * 1_000),
    });
  };
  expect(await count(0)).toEqual({ total: 2_501, totalIs: "exact", endpoints: [endpoint] });
  const cut = await count(2);
  expect(cut).toMatchObject({ totalIs: "at_least", endpoints: [endpoint] });
  expect(cut.total).toBeGreaterThan(0);
  expect(cut.total).toBeLessThan(2_501);
});
