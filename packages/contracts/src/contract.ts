import { initContract } from "@ts-rest/core";
import {
  attemptListSchema,
  deliveryDetailSchema,
  deliveryListSchema,
  listAttemptsQuerySchema,
  listDeliveriesQuerySchema,
} from "./deliveries.ts";
import { publishEnvelopeSchema, publishedEnvelopeSchema } from "./envelopes.ts";
import {
  eventDetailSchema,
  eventListSchema,
  idempotencyHeaders,
  listEventsQuerySchema,
  publishBatchSchema,
  publishEventSchema,
  publishedBatchSchema,
  publishedEventSchema,
} from "./events.ts";
import { problemSchema } from "./problem.ts";
import { idPathParams } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import {
  createdSubscriptionSchema,
  createSubscriptionSchema,
  listSubscriptionsQuerySchema,
  subscriptionListSchema,
  subscriptionSchema,
  subscriptionSecretSchema,
  updateSubscriptionSchema,
} from "./subscriptions.ts";

const c = initContract();

export const eventsContract = c.router(
  {
    publish: {
      method: "POST",
      path: "/v1/events",
      summary: "Publish an event",
      metadata: needs("events:write"),
      headers: idempotencyHeaders,
      body: publishEventSchema,
      responses: { 202: publishedEventSchema, 409: problemSchema, ...withBody },
    },
    publishBatch: {
      method: "POST",
      path: "/v1/events/batch",
      summary: "Publish up to 500 events in one commit",
      description: "Each event is taken or refused on its own; the answers come in the order of the events.",
      metadata: needs("events:write"),
      headers: idempotencyHeaders,
      body: publishBatchSchema,
      responses: { 202: publishedBatchSchema, ...withBody },
    },
    list: {
      method: "GET",
      path: "/v1/events",
      summary: "List events, newest first",
      metadata: needs("events:read"),
      query: listEventsQuerySchema,
      responses: { 200: eventListSchema },
    },
    get: {
      method: "GET",
      path: "/v1/events/:id",
      summary: "Read an event and its lineage",
      metadata: needs("events:read"),
      pathParams: idPathParams,
      responses: { 200: eventDetailSchema, ...withId },
    },
  },
  routerOptions,
);

export const envelopesContract = c.router(
  {
    publish: {
      method: "POST",
      path: "/v1/envelopes",
      summary: "Publish an internal envelope",
      description: "For services of the platform. The payload is checked by its consumers, not here.",
      metadata: needs("internal:publish"),
      body: publishEnvelopeSchema,
      responses: { 202: publishedEnvelopeSchema, 409: problemSchema, ...withBody },
    },
  },
  routerOptions,
);

export const subscriptionsContract = c.router(
  {
    create: {
      method: "POST",
      path: "/v1/subscriptions",
      summary: "Create a subscription",
      description:
        "The url must be one that deliveries may be sent to. A name that does not resolve yet is accepted: " +
        "every delivery checks again what it resolves to.",
      metadata: needs("subscriptions:write"),
      body: createSubscriptionSchema,
      responses: { 201: createdSubscriptionSchema, ...withBody },
    },
    list: {
      method: "GET",
      path: "/v1/subscriptions",
      summary: "List subscriptions, newest first",
      metadata: needs("subscriptions:read"),
      query: listSubscriptionsQuerySchema,
      responses: { 200: subscriptionListSchema },
    },
    get: {
      method: "GET",
      path: "/v1/subscriptions/:id",
      summary: "Read a subscription",
      metadata: needs("subscriptions:read"),
      pathParams: idPathParams,
      responses: { 200: subscriptionSchema, ...withId },
    },
    update: {
      method: "PATCH",
      path: "/v1/subscriptions/:id",
      summary: "Change a subscription",
      description: "`active: false` holds what is queued and what comes; `active: true` releases it.",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      body: updateSubscriptionSchema,
      responses: { 200: subscriptionSchema, ...withId, ...withBody },
    },
    remove: {
      method: "DELETE",
      path: "/v1/subscriptions/:id",
      summary: "Delete a subscription",
      description: "Deliveries that are not finished become cancelled; finished ones stay readable.",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      responses: { 204: c.noBody(), ...withId },
    },
    getSecret: {
      method: "GET",
      path: "/v1/subscriptions/:id/secret",
      summary: "Read a subscription's signing secret",
      description: "Every read is audited.",
      metadata: needs("secrets:read"),
      pathParams: idPathParams,
      responses: { 200: subscriptionSecretSchema, ...withId },
    },
  },
  routerOptions,
);

export const deliveriesContract = c.router(
  {
    list: {
      method: "GET",
      path: "/v1/deliveries",
      summary: "List deliveries, newest first",
      metadata: needs("deliveries:read"),
      query: listDeliveriesQuerySchema,
      responses: { 200: deliveryListSchema },
    },
    get: {
      method: "GET",
      path: "/v1/deliveries/:id",
      summary: "Read a delivery",
      metadata: needs("deliveries:read"),
      pathParams: idPathParams,
      responses: { 200: deliveryDetailSchema, ...withId },
    },
    listAttempts: {
      method: "GET",
      path: "/v1/deliveries/:id/attempts",
      summary: "List a delivery's attempts, newest first",
      metadata: needs("deliveries:read"),
      pathParams: idPathParams,
      query: listAttemptsQuerySchema,
      responses: { 200: attemptListSchema, ...withId },
    },
  },
  routerOptions,
);

/** Everything subscriptions-api answers, one router per resource. */
export const apiContract = c.router({
  events: eventsContract,
  envelopes: envelopesContract,
  subscriptions: subscriptionsContract,
  deliveries: deliveriesContract,
});
