import { eventTypes, newId, publicId } from "@carewire/envelope";
import { expect, test } from "vitest";
import { operationalEvent, urlOrigin } from "./operational-event.ts";

const [organizationId, accountId, subscriptionId] = [newId(1_000), newId(1_000), newId(1_000)];

test("a draft belongs to the subscription's organization and account, names it, and satisfies the type's schema", () => {
  const draft = operationalEvent({
    type: "endpoint.disabled",
    organizationId,
    accountId,
    subscriptionId,
    payload: {
      url_origin: urlOrigin("https://user:pw@hooks.example.com/token?key=1"),
      reason: "answered 410",
    },
    sourceService: "dispatcher",
    nowMs: 1_700_000_000_000,
  });
  expect(draft).toMatchObject({
    organizationId,
    accountId,
    type: "endpoint.disabled",
    subject: publicId("sub", subscriptionId),
    occurredAt: new Date(1_700_000_000_000),
  });
  const payload: unknown = JSON.parse(Buffer.from(draft.body).toString());
  expect(payload).toEqual({
    subscription_id: publicId("sub", subscriptionId),
    url_origin: "https://hooks.example.com",
    reason: "answered 410",
  });
  expect(eventTypes.get("endpoint.disabled")?.schema.parse(payload)).toEqual(payload);
});
