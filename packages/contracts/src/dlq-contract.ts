import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { adminAuditContract } from "./admin-audit.ts";
import { adminDeliveriesContract } from "./admin-deliveries.ts";
import { adminInboundContract } from "./admin-inbound.ts";
import { adminOrganizationsContract } from "./admin-organizations.ts";
import { adminOverviewContract } from "./admin-overview.ts";
import { adminSubscriptionsContract } from "./admin-subscriptions.ts";
import {
  bulkDiscardSchema,
  bulkResultSchema,
  bulkRetrySchema,
  deadLetterDetailSchema,
  deadLetterListSchema,
  deadLetterSchema,
  depthQuerySchema,
  depthSchema,
  discardDeadLetterSchema,
  discardQuerySchema,
  groupsQuerySchema,
  groupsSchema,
  listDeadLettersQuerySchema,
  retryDeadLetterSchema,
  revealQueryShape,
} from "./dlq.ts";
import {
  changeConsumerSchema,
  consumerListSchema,
  consumerPathParams,
  consumerSchema,
  replayedTopicSchema,
  replayTopicSchema,
} from "./dlq-consumers.ts";
import { bulkJobsContract } from "./dlq-jobs.ts";
import { lineageChainSchema } from "./lineage.ts";
import { problemSchema } from "./problem.ts";
import { idPathParams } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";

const c = initContract();

const reads = needs("dlq:read");
const acts = needs("dlq:write");

// Fixed paths come before `/admin/dlq/:id`, which would take them for an id.
const deadLetters = c.router(
  {
    list: {
      method: "GET",
      path: "/admin/dlq",
      summary: "List dead letters, newest first",
      metadata: reads,
      query: listDeadLettersQuerySchema,
      responses: { 200: deadLetterListSchema },
    },
    depth: {
      method: "GET",
      path: "/admin/dlq/depth",
      summary: "How many dead letters are open, and whether that is too many or they are too old",
      metadata: reads,
      query: depthQuerySchema,
      responses: { 200: depthSchema },
    },
    groups: {
      method: "GET",
      path: "/admin/dlq/groups",
      summary: "Dead letters by cause, the largest group first",
      metadata: reads,
      query: groupsQuerySchema,
      responses: { 200: groupsSchema },
    },
    retryMany: {
      method: "POST",
      path: "/admin/dlq/retry",
      summary: "Retry open dead letters by filter",
      metadata: acts,
      body: bulkRetrySchema,
      responses: { 200: bulkResultSchema, ...withBody },
    },
    discardMany: {
      method: "POST",
      path: "/admin/dlq/discard",
      summary: "Discard open dead letters by filter",
      metadata: acts,
      body: bulkDiscardSchema,
      responses: { 200: bulkResultSchema, ...withBody },
    },
    get: {
      method: "GET",
      path: "/admin/dlq/:id",
      summary: "Read a dead letter with everything that is needed to fix it",
      metadata: reads,
      pathParams: idPathParams,
      query: z.object(revealQueryShape),
      responses: { 200: deadLetterDetailSchema, ...withId },
    },
    retry: {
      method: "POST",
      path: "/admin/dlq/:id/retry",
      summary: "Send a dead letter back to the one consumer that failed",
      description: "With a corrected payload if one is given. 409 when it is not open (any more).",
      metadata: acts,
      pathParams: idPathParams,
      body: retryDeadLetterSchema,
      responses: { 202: deadLetterSchema, 409: problemSchema, ...withId, ...withBody },
    },
    discard: {
      method: "DELETE",
      path: "/admin/dlq/:id",
      summary: "Discard a dead letter for good",
      description: "It stays readable, with who discarded it and why. 409 when it is not open (any more).",
      metadata: acts,
      pathParams: idPathParams,
      query: discardQuerySchema,
      body: discardDeadLetterSchema,
      responses: { 200: deadLetterSchema, 409: problemSchema, ...withId, ...withBody },
    },
  },
  routerOptions,
);

const forOperators = "Also needs `platform:admin`: consumers are the platform's.";
const changesConsumer = {
  metadata: needs("dlq:admin"),
  pathParams: consumerPathParams,
  body: changeConsumerSchema,
  responses: { 200: consumerSchema, ...withId, ...withBody },
};

const consumers = c.router(
  {
    list: {
      method: "GET",
      path: "/admin/consumers",
      summary: "List consumers, what they take and what waits for them",
      metadata: reads,
      responses: { 200: consumerListSchema },
    },
    replay: {
      method: "POST",
      path: "/admin/consumers/:name/replay",
      summary: "Give one consumer a topic again, from a moment on",
      metadata: acts,
      pathParams: consumerPathParams,
      body: replayTopicSchema,
      responses: { 200: replayedTopicSchema, 202: replayedTopicSchema, ...withId, ...withBody },
    },
    pause: {
      ...changesConsumer,
      method: "POST",
      path: "/admin/consumers/:name/pause",
      summary: "Pause a consumer: what it began ends, what is new waits in the queue",
      description: forOperators,
    },
    resume: {
      ...changesConsumer,
      method: "POST",
      path: "/admin/consumers/:name/resume",
      summary: "Resume a consumer: what waits is handled",
      description: forOperators,
    },
    remove: {
      ...changesConsumer,
      method: "DELETE",
      path: "/admin/consumers/:name",
      summary: "Remove a consumer: what waits for it is cancelled",
      description: `Its dead letters stay. A process that registers the name again brings it back. ${forOperators}`,
    },
  },
  routerOptions,
);

const lineage = c.router(
  {
    get: {
      method: "GET",
      path: "/admin/lineage/:id",
      summary: "Read the whole chain around one thing",
      metadata: reads,
      pathParams: idPathParams,
      responses: { 200: lineageChainSchema, ...withId },
    },
    getAsTenants: {
      method: "GET",
      path: "/v1/lineage/:id",
      summary: "The same, under the path that tenants know",
      metadata: reads,
      pathParams: idPathParams,
      responses: { 200: lineageChainSchema, ...withId },
    },
  },
  routerOptions,
);

/** Everything dlq-admin answers to who is signed in, or sends an API key; `adminSessionContract` is how one signs in. */
export const dlqContract = c.router({
  overview: adminOverviewContract,
  deadLetters,
  bulkJobs: bulkJobsContract,
  consumers,
  lineage,
  inboundRequests: adminInboundContract,
  subscriptions: adminSubscriptionsContract,
  deliveries: adminDeliveriesContract,
  organizations: adminOrganizationsContract,
  audit: adminAuditContract,
});
