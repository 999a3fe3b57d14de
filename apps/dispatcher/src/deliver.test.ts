import { createMetrics } from "@carewire/service-kit";
import { expect, test } from "vitest";
import { createAdmission } from "./admission/admission.ts";
import { createDeliverer } from "./deliver.ts";
import { createDispatcherMetrics } from "./dispatcher-metrics.ts";
import { mustOffer } from "./testing/admitting.ts";
import { calmIsolation } from "./testing/calm-isolation.ts";

const notExpected = (): never => {
  throw new Error("nothing is sent");
};

test("a claim whose subscriptions cannot be read gives its slots back, and what passed its endpoints by is looked at", async () => {
  const limits = { fastMax: 64, slowMax: 16, unrecordedMax: 96, bodyBytesMax: 1_000_000, endpointsMax: 10 };
  const admission = createAdmission({ ...calmIsolation, ...limits });
  const woken: number[] = [];
  const deliverer = createDeliverer({
    admission,
    clock: { now: () => 0 },
    random: () => 0,
    metrics: createDispatcherMetrics(createMetrics({ service: "test" })),
    vault: { dataKey: notExpected },
    targets: { get: () => null, load: () => Promise.reject(new Error("the database vanished")) },
    gate: { waitOf: notExpected, settle: notExpected },
    post: notExpected,
    shelve: notExpected,
    record: notExpected,
    onRecorded: notExpected,
    onAttempt: null,
    freeLane: notExpected,
    disable: notExpected,
    onAnswer: notExpected,
    onUnreadable: notExpected,
    onError: notExpected,
    failpoint: () => {},
    wakeShard: (shard) => void woken.push(shard),
  });
  const delivery = {
    id: "d",
    organizationId: "o",
    eventId: "e",
    subscriptionId: "a",
    shard: 5,
    lane: 0,
    attempt: 1,
    retries: 0,
    leaseToken: "1",
    probe: false,
    subscriptionVersion: 1,
    bodyBytes: 10,
  };
  const deliveries = [delivery, { ...delivery, id: "d2" }];
  const slots = admission.claimed(mustOffer(admission), deliveries);
  // Beside it a claim is offered none of the endpoint's slots: whatever it passes by waits for an answer.
  admission.withdraw(mustOffer(admission));
  await expect(deliverer.deliver({ deliveries, events: new Map() }, slots)).rejects.toThrow(/vanished/);
  expect(admission.counts()).toMatchObject({ fast: 0, unrecorded: 0 });
  expect(woken).toEqual([5]);
});
