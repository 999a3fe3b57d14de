import { createPublisher } from "@carewire/bus";
import { systemClock } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAdmission } from "../admission/admission.ts";
import { claimAs, finish } from "../testing/admitting.ts";
import { calmIsolation } from "../testing/calm-isolation.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { createHealthChanges } from "./health-changes.ts";
import { createHealthLoop } from "./health-loop.ts";
import { healthPolicy } from "./next-health-step.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());

/** What is needed to have open breakers looked after. */
function createWatch() {
  const admission = createAdmission({
    ...calmIsolation,
    fastMax: 64,
    slowMax: 16,
    unrecordedMax: 96,
    bodyBytesMax: 1_000_000,
    endpointsMax: 10,
  });
  const health = createHealthLoop({
    sql: bench.sql,
    publisher: createPublisher({ vault: bench.vault }),
    clock: systemClock,
    admission,
    changes: createHealthChanges({ endpointsMax: 10, random: () => 0.5 }),
    policy: healthPolicy(3_600_000),
    onPublished: () => {},
  });
  return { admission, health };
}

test("a breaker is asked about for as long as its endpoint may be sent to and nobody else closed it", async () => {
  const { admission, health } = createWatch();
  const { id: broken } = await bench.subscribe();
  const { id: closed } = await bench.subscribe();
  const { id: paused } = await bench.subscribe();
  const { id: deleted } = await bench.subscribe();
  for (const id of [broken, closed, paused, deleted]) {
    finish(admission, claimAs(admission, id, 1), "succeeded");
    admission.adopt(id, { state: "open", opens: 1, remainingMs: 60_000, limit: 1 });
    await bench.sql`insert into endpoint_state (subscription_id, organization_id, breaker)
      values (${id}, ${bench.organizationId}, ${id === closed ? "closed" : "open"})`;
  }
  await bench.sql`update subscriptions set active = false where id = ${paused}`;
  await bench.sql`delete from subscriptions where id = ${deleted}`;
  await health.save();
  expect(admission.open()).toEqual([broken]);
});
