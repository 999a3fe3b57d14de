import { initContract } from "@ts-rest/core";
import { accessLinksContract } from "./access-links.ts";
import { accountsContract } from "./accounts.ts";
import { apiKeysContract } from "./api-keys.ts";
import { auditContract } from "./audit.ts";
import { ekaContract } from "./compat-eka.ts";
import { mycureContract } from "./compat-mycure.ts";
import { customersContract } from "./customers.ts";
import {
  attemptListSchema,
  cancelDeliverySchema,
  deliveryDetailSchema,
  deliveryListSchema,
  deliverySchema,
  listAttemptsQuerySchema,
  listDeliveriesQuerySchema,
} from "./deliveries.ts";
import { doctorContract } from "./doctor.ts";
import { publishEnvelopeSchema, publishedEnvelopeSchema } from "./envelopes.ts";
import { eventTypesContract } from "./event-types-contract.ts";
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
import { leadsContract } from "./leads.ts";
import { lineageContract } from "./lineage.ts";
import { payloadsContract } from "./payloads.ts";
import { problemSchema } from "./problem.ts";
import { idPathParams } from "./public-id.ts";
import { replaysContract } from "./replays-contract.ts";
import { resourcesContract } from "./resources.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { sessionsContract } from "./sessions.ts";
import { streamsContract } from "./streams.ts";
import { subscriptionsContract } from "./subscriptions-contract.ts";

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
    cancel: {
      method: "POST",
      path: "/v1/deliveries/:id/cancel",
      summary: "Cancel a delivery that is not finished",
      description:
        "Pending or held, it becomes cancelled; in an ordered subscription the next of its subject goes. 409 when it " +
        "is delivered or failed, or being sent right now; one that is cancelled already stays as it is.",
      metadata: needs("deliveries:write"),
      pathParams: idPathParams,
      body: cancelDeliverySchema,
      responses: { 200: deliverySchema, 409: problemSchema, ...withId, ...withBody },
    },
  },
  routerOptions,
);

/** Everything subscriptions-api answers, one router per resource. */
export const apiContract = c.router({
  events: eventsContract,
  eventTypes: eventTypesContract,
  resources: resourcesContract,
  payloads: payloadsContract,
  envelopes: envelopesContract,
  subscriptions: subscriptionsContract,
  streams: streamsContract,
  doctor: doctorContract,
  deliveries: deliveriesContract,
  replays: replaysContract,
  lineage: lineageContract,
  customers: customersContract,
  leads: leadsContract,
  accounts: accountsContract,
  apiKeys: apiKeysContract,
  accessLinks: accessLinksContract,
  sessions: sessionsContract,
  audit: auditContract,
  mycure: mycureContract,
  eka: ekaContract,
});
