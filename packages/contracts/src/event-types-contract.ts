import { initContract } from "@ts-rest/core";
import { z } from "zod";
import {
  createEventTypeSchema,
  eventTypeListSchema,
  eventTypeSchema,
  listEventTypesQuerySchema,
  updateEventTypeSchema,
} from "./event-types.ts";
import { problemSchema } from "./problem.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";

const c = initContract();

const typePathParams = z.object({ type: z.string() });

export const eventTypesContract = c.router(
  {
    list: {
      method: "GET",
      path: "/v1/event-types",
      summary: "List event types: the catalog's and the organization's own",
      description: "By name, and all of them unless a limit is given.",
      metadata: needs("event_types:read"),
      query: listEventTypesQuerySchema,
      responses: { 200: eventTypeListSchema, 400: problemSchema, 422: problemSchema },
    },
    get: {
      method: "GET",
      path: "/v1/event-types/:type",
      summary: "Read an event type",
      metadata: needs("event_types:read"),
      pathParams: typePathParams,
      responses: { 200: eventTypeSchema, ...withId },
    },
    create: {
      method: "POST",
      path: "/v1/event-types",
      summary: "Define an event type of the organization's own",
      description:
        "From then on, events of this type are checked against its schema when they are published. Names of the " +
        "catalog, and those under `cari.`, `dead_letters.`, `endpoint.`, `message.` and `webhook.`, are taken.",
      metadata: needs("event_types:write"),
      body: createEventTypeSchema,
      responses: { 201: eventTypeSchema, 409: problemSchema, ...withBody },
    },
    update: {
      method: "PATCH",
      path: "/v1/event-types/:type",
      summary: "Change an event type of the organization's own",
      description: "Takes effect within a second. What was published before is not checked again.",
      metadata: needs("event_types:write"),
      pathParams: typePathParams,
      body: updateEventTypeSchema,
      responses: { 200: eventTypeSchema, 409: problemSchema, ...withId, ...withBody },
    },
    remove: {
      method: "DELETE",
      path: "/v1/event-types/:type",
      summary: "Delete an event type of the organization's own",
      description: "Events of that type may still be published; nothing checks them any more.",
      metadata: needs("event_types:write"),
      pathParams: typePathParams,
      responses: { 204: c.noBody(), ...withId },
    },
  },
  routerOptions,
);
