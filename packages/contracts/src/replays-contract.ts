import { initContract } from "@ts-rest/core";
import { replayDeliverySchema, replayedDeliverySchema } from "./deliveries.ts";
import { idempotencyHeaders } from "./events.ts";
import { problemSchema } from "./problem.ts";
import { idPathParams } from "./public-id.ts";
import {
  createReplaySchema,
  listReplaysQuerySchema,
  recoverSchema,
  replayCountSchema,
  replayListSchema,
  replayMissingSchema,
  replaySchema,
} from "./replays.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";

const c = initContract();

const makesJob = {
  metadata: needs("deliveries:write"),
  headers: idempotencyHeaders,
  responses: { 200: replayCountSchema, 202: replaySchema, 409: problemSchema, ...withBody },
};

export const replaysContract = c.router(
  {
    create: {
      ...makesJob,
      method: "POST",
      path: "/v1/replays",
      summary: "Replay deliveries in bulk",
      description: "With `dry_run` the answer is 200 and a count. Replays run below live traffic.",
      body: createReplaySchema,
    },
    list: {
      method: "GET",
      path: "/v1/replays",
      summary: "List replay jobs, newest first",
      metadata: needs("deliveries:read"),
      query: listReplaysQuerySchema,
      responses: { 200: replayListSchema },
    },
    get: {
      method: "GET",
      path: "/v1/replays/:id",
      summary: "Read a replay job's progress",
      metadata: needs("deliveries:read"),
      pathParams: idPathParams,
      responses: { 200: replaySchema, ...withId },
    },
    cancel: {
      method: "POST",
      path: "/v1/replays/:id/cancel",
      summary: "Cancel a replay job",
      description: "What it queued already is still sent. Cancelling a finished job changes nothing.",
      metadata: needs("deliveries:write"),
      pathParams: idPathParams,
      body: replayDeliverySchema,
      responses: { 200: replaySchema, ...withId, ...withBody },
    },
    recover: {
      ...makesJob,
      method: "POST",
      path: "/v1/subscriptions/:id/recover",
      summary: "Send a subscription everything since a moment again",
      description:
        "Every event it matches, delivered or not, each once; with `only_failed` those that did not arrive.",
      pathParams: idPathParams,
      body: recoverSchema,
      responses: { ...makesJob.responses, ...withId },
    },
    replayMissing: {
      ...makesJob,
      method: "POST",
      path: "/v1/subscriptions/:id/replay-missing",
      summary: "Send a subscription the events it never had a delivery for",
      description: "Events that match its patterns, account and filter as they are now.",
      pathParams: idPathParams,
      body: replayMissingSchema,
      responses: { ...makesJob.responses, ...withId },
    },
    replayDelivery: {
      method: "POST",
      path: "/v1/deliveries/:id/replay",
      summary: "Replay one delivery",
      description:
        "Delivered, failed or cancelled alike: a new delivery of the same message, with attempts of its own. " +
        "Held when the subscription is paused; 409 while the delivery itself is still on its way.",
      metadata: needs("deliveries:write"),
      headers: idempotencyHeaders,
      pathParams: idPathParams,
      body: replayDeliverySchema,
      responses: { 202: replayedDeliverySchema, 409: problemSchema, ...withId, ...withBody },
    },
  },
  routerOptions,
);
