import { apiContract } from "@carewire/contracts";
import { routesOf } from "@carewire/contracts/openapi";

/** Ids of one tenant's things, to fill paths with. */
export interface ExampleIds {
  events: string;
  subscriptions: string;
  deliveries: string;
}

/** One valid request per route of the contract. */
export interface ExampleRequest {
  /** `subscriptions.create` */
  name: string;
  method: string;
  scope: string;
  /** True when the path names a thing of the tenant. */
  isOfOne: boolean;
  path(ids: ExampleIds): string;
  body: object | undefined;
}

const event = { type: "order.paid", data: { order_id: "o_1", customer_id: "c_1" } };

const bodies: Record<string, object> = {
  "events.publish": event,
  "events.publishBatch": { events: [event] },
  "envelopes.publish": { topic: "cari.auth.user_created", source_service: "auth", payload: {} },
  "subscriptions.create": { name: "example", url: "https://hooks.example.com/in" },
  "subscriptions.update": { name: "changed" },
};

/** An example for every route there is, so that a new route without one fails the tests that use it. */
export const exampleRequests: ExampleRequest[] = routesOf(apiContract).map(({ keys, route }) => {
  const resource = keys[0] as keyof ExampleIds;
  const name = keys.join(".");
  return {
    name,
    method: route.method,
    scope: (route.metadata as { scope: string }).scope,
    isOfOne: route.path.includes(":id"),
    path: (ids) => route.path.replace(":id", ids[resource]),
    body: bodies[name],
  };
});
