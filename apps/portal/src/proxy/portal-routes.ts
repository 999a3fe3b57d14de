import { apiContract } from "@carewire/contracts";
import type { AppRoute, AppRouter } from "@ts-rest/core";

/** A route of the API that the portal's pages may call. */
export interface PortalRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/v1/subscriptions/:id` */
  path: string;
}

const { events, eventTypes, subscriptions, deliveries, replays, lineage, accounts, apiKeys, accessLinks } =
  apiContract;

/** Not among them: batches, envelopes, customers, leads, resources, erasure, the audit trail, other products' interfaces. */
const routers: AppRouter[] = [
  { publish: events.publish, list: events.list, get: events.get },
  { list: eventTypes.list, get: eventTypes.get },
  subscriptions,
  deliveries,
  replays,
  lineage,
  { list: accounts.list, get: accounts.get },
  apiKeys,
  accessLinks,
];

const isRoute = (entry: AppRoute | AppRouter): entry is AppRoute => "method" in entry && "path" in entry;

const routesOf = (router: AppRouter): PortalRoute[] =>
  Object.values(router).flatMap((entry) =>
    isRoute(entry) ? [{ method: entry.method, path: entry.path }] : routesOf(entry),
  );

/** Every route that is passed on; no other path of the API can be reached through the portal. */
export const portalRoutes: readonly PortalRoute[] = routers.flatMap(routesOf);

/** Answers for as long as somebody listens. */
export const portalStreams: readonly PortalRoute[] = [{ method: "GET", path: "/v1/tail" }];
