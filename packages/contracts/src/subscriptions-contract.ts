import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { problemSchema } from "./problem.ts";
import { idPathParams } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import {
  createdSubscriptionSchema,
  createSubscriptionSchema,
  listSubscriptionsQuerySchema,
  subscriptionListSchema,
  subscriptionSchema,
  updateSubscriptionSchema,
} from "./subscriptions.ts";
import { probeResultSchema, testSubscriptionSchema } from "./subscriptions-probes.ts";
import {
  rotatedSecretSchema,
  rotateSecretSchema,
  subscriptionSecretSchema,
} from "./subscriptions-secrets.ts";
import { statsQuerySchema, subscriptionStatsSchema } from "./subscriptions-stats.ts";

import { checkUrlSchema, urlCheckSchema } from "./subscriptions-url-check.ts";

const c = initContract();

/** Of routes that do one thing only: nothing, or `{}`. */
const emptyBody = z.strictObject({}).optional();

const management = c.router(
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
      responses: { 201: createdSubscriptionSchema, ...withBody, 409: problemSchema },
    },
    checkUrl: {
      method: "POST",
      path: "/v1/subscriptions/check-url",
      summary: "Check a URL before there is a subscription for it",
      description:
        "The rules of creating, and, when asked, a connection to see that somebody is there. Nothing is sent; a ping of " +
        "the subscription then is a real, signed delivery.",
      metadata: needs("subscriptions:write"),
      body: checkUrlSchema,
      responses: { 200: urlCheckSchema, ...withBody },
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
      description:
        "`active: false` holds what is queued and what comes; `active: true` releases it. `headers` and " +
        "`sensitive_headers` each replace all of their kind. A `signature_scheme` or `key_type` that the secret does " +
        "not fit makes a new secret; read it from `/secret`, or give one with `/rotate-secret`.",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      body: updateSubscriptionSchema,
      responses: { 200: subscriptionSchema, ...withId, ...withBody, 409: problemSchema },
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
    rotateSecret: {
      method: "POST",
      path: "/v1/subscriptions/:id/rotate-secret",
      summary: "Replace a subscription's signing secret",
      description: "Those before it sign along for `overlap_seconds`, so that receivers can change over.",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      body: rotateSecretSchema,
      responses: { 200: rotatedSecretSchema, ...withId, ...withBody, 409: problemSchema },
    },
  },
  routerOptions,
);

const operation = c.router(
  {
    pause: {
      method: "POST",
      path: "/v1/subscriptions/:id/pause",
      summary: "Hold a subscription's deliveries",
      description:
        "What is queued and what comes is held until it is resumed. Pausing again changes nothing.",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      body: emptyBody,
      responses: { 200: subscriptionSchema, ...withId, ...withBody },
    },
    resume: {
      method: "POST",
      path: "/v1/subscriptions/:id/resume",
      summary: "Release a subscription's deliveries",
      description: "Also one that was disabled by the platform; its past failures are forgotten.",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      body: emptyBody,
      responses: { 200: subscriptionSchema, ...withId, ...withBody },
    },
    ping: {
      method: "POST",
      path: "/v1/subscriptions/:id/ping",
      summary: "Send a `webhook.ping` and say what came of it",
      description:
        "A real delivery: signed, through the same guard, also to a paused subscription, tried once.",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      body: emptyBody,
      responses: { 200: probeResultSchema, ...withId, ...withBody, 504: problemSchema },
    },
    test: {
      method: "POST",
      path: "/v1/subscriptions/:id/test",
      summary: "Send the example of an event type and say what came of it",
      description: "Like a ping. Only this subscription gets it, whatever it subscribes to.",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      body: testSubscriptionSchema,
      responses: { 200: probeResultSchema, ...withId, ...withBody, 504: problemSchema },
    },
    stats: {
      method: "GET",
      path: "/v1/subscriptions/:id/stats",
      summary: "How a subscription's deliveries have been going",
      metadata: needs("subscriptions:read"),
      pathParams: idPathParams,
      query: statsQuerySchema,
      responses: { 200: subscriptionStatsSchema, ...withId },
    },
  },
  routerOptions,
);

/** Everything about subscriptions. */
export const subscriptionsContract = { ...management, ...operation };
