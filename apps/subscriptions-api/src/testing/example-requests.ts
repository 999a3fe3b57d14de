import { apiContract, type RouteMetadata, type Scope } from "@carewire/contracts";
import { routesOf } from "@carewire/contracts/openapi";
import { z } from "zod";

/** Public ids of one tenant's things, by the contract's resources; `fillTenant` makes them. */
export interface ExampleIds {
  events: string;
  /** An event type of the organization's own. */
  eventTypes: string;
  customers: string;
  /** Held back. */
  leads: string;
  organizations: string;
  /** Registered through Eka's interface. */
  ekaWebhooks: string;
  /** Both an appointment and a prescription. */
  resources: string;
  subscriptions: string;
  deliveries: string;
  /** Finished, so that it can be replayed. */
  failedDeliveries: string;
  replays: string;
  apiKeys: string;
  accounts: string;
  /** A session's token: it is its own name. */
  sessions: string;
}

type Body = object | ((ids: ExampleIds) => object);

/** One valid request per route of the contract. */
export interface ExampleRequest {
  /** `subscriptions.create` */
  name: string;
  method: string;
  /** Null: any live key or session may. */
  scope: Scope | null;
  /** True when the path names a thing of the tenant. */
  isOfOne: boolean;
  /** True when the body does. */
  hasIdsInBody: boolean;
  /** True when keys of accounts may read what is the whole organization's. */
  isForAccounts: boolean;
  /** Who calls it, when that is not any key. */
  keyOf(ids: ExampleIds): string | undefined;
  path(ids: ExampleIds): string;
  body(ids: ExampleIds): object | undefined;
}

const event = { type: "order.paid", data: { order_id: "o_1", customer_id: "c_1" } };

const since = new Date(Date.now() - 3_600_000).toISOString();

/** A body for every route that takes one; a function when it names things of the tenant. */
const bodies: Record<string, Body> = {
  "events.publish": event,
  "events.publishBatch": { events: [event] },
  "eventTypes.create": { type: "example.created", description: "made in a test", schema: { type: "object" } },
  "eventTypes.update": { description: "changed" },
  "mycure.webhookEvents": ({ organizations }) => ({
    organization: organizations,
    active: true,
    url: "https://hooks.example.com/mycure",
    events: "ping",
  }),
  "eka.register": { endpoint: "https://hooks.example.com/eka", event_names: ["appointment.created"] },
  "eka.update": { event_names: ["appointment.updated"] },
  "customers.put": { name: "changed" },
  "leads.release": {},
  "leads.discard": { reason: "advertising" },
  "envelopes.publish": { topic: "cari.auth.user_created", source_service: "auth", payload: {} },
  "subscriptions.create": { name: "example", url: "https://hooks.example.com/in" },
  "subscriptions.checkUrl": { url: "https://hooks.example.com/in" },
  "subscriptions.update": { name: "changed" },
  "subscriptions.rotateSecret": {},
  "subscriptions.pause": {},
  "subscriptions.resume": {},
  "subscriptions.ping": {},
  "subscriptions.test": { type: "order.paid" },
  "replays.create": ({ subscriptions }) => ({ filter: { subscription_id: subscriptions } }),
  "replays.cancel": {},
  "replays.recover": { since },
  "replays.replayMissing": { since },
  "replays.replayDelivery": {},
  "streams.report": { outcomes: [] },
  "deliveries.cancel": {},
  "payloads.erase": { reason: "asked for by the patient" },
  "accounts.create": { name: "example" },
  "accessLinks.create": {},
  "sessions.create": {},
  "apiKeys.create": { name: "example", scopes: ["events:read"] },
};

/** What an organization's events look like is what the subscribers of its accounts need to know. */
const forAccounts = new Set(["eventTypes.list", "eventTypes.get"]);

/** What the path of a route names, where that is not its first key in the contract. */
const pathIds: Record<string, keyof ExampleIds> = {
  "eka.update": "ekaWebhooks",
  "eka.remove": "ekaWebhooks",
  "replays.recover": "subscriptions",
  "replays.replayMissing": "subscriptions",
  "replays.replayDelivery": "failedDeliveries",
  "payloads.erase": "events",
  "lineage.get": "deliveries",
  "streams.report": "subscriptions",
};

/** Routes that make what their path names when it is not there: another tenant's id is as free as any. */
const upserts = new Set(["customers.put"]);

/** Routes that only a session may call. */
const ofSessions = new Set(["sessions.end"]);

/** Routes whose query must say something. */
const queries: Record<string, string> = {};

/** An example for every route there is: one without a body or an id fails the tests that use it, by name. */
export const exampleRequests: ExampleRequest[] = routesOf(apiContract).map(({ keys, route }) => {
  const name = keys.join(".");
  const takesBody = "body" in route && route.body instanceof z.ZodType;
  const body = bodies[name];
  return {
    name,
    method: route.method,
    scope: (route.metadata as RouteMetadata).scope,
    isOfOne: route.path.includes(":") && !upserts.has(name),
    hasIdsInBody: typeof body === "function",
    isForAccounts: forAccounts.has(name),
    keyOf: (ids) => (ofSessions.has(name) ? ids.sessions : undefined),
    path(ids) {
      const id = ids[pathIds[name] ?? (keys[0] as keyof ExampleIds)];
      if (route.path.includes(":") && id === undefined) throw new Error(`${name}: there is no example id`);
      const path = route.path.replace(":kind", "appointment");
      return path.replace(/:\w+/, id) + (queries[name] ?? "");
    },
    body(ids) {
      if (takesBody && body === undefined) throw new Error(`${name}: there is no example body`);
      return typeof body === "function" ? body(ids) : body;
    },
  };
});
