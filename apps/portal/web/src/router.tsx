import { EmptyState, ErrorState, LoadingState, plainSearch, textSearch } from "@carewire/ui";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { SessionFrame } from "./shell/session-frame.tsx";

const root = (notice: string | null) =>
  createRootRoute({
    component: () => <SessionFrame notice={notice} />,
    notFoundComponent: () => (
      <EmptyState title="There is no such page">Choose one from the navigation.</EmptyState>
    ),
  });

const listFilters = textSearch(
  "cursor",
  "subscription_id",
  "status",
  "type",
  "response_class",
  "since",
  "until",
  "trigger",
  "event_id",
  "replay_id",
);
const eventFilters = textSearch("cursor", "type", "subject", "since", "until");
const paging = textSearch("cursor");

/** The pages, each loaded when it is first opened. `notice`: what to say when nobody is signed in. */
export function createPortalRouter(notice: string | null) {
  const parent = root(notice);
  const getParentRoute = () => parent;
  const home = () => lazyRouteComponent(() => import("./start/home-page.tsx"), "HomePage");
  const routes = [
    createRoute({ getParentRoute, path: "/", component: home() }),
    createRoute({
      getParentRoute,
      path: "/start",
      component: lazyRouteComponent(() => import("./start/start-page.tsx"), "StartPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/endpoints",
      validateSearch: paging,
      component: lazyRouteComponent(() => import("./endpoints/endpoints-page.tsx"), "EndpointsPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/endpoints/new",
      validateSearch: textSearch("events"),
      component: lazyRouteComponent(() => import("./endpoints/new-endpoint-page.tsx"), "NewEndpointPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/endpoints/$id",
      validateSearch: textSearch("tab", "cursor"),
      component: lazyRouteComponent(() => import("./endpoints/endpoint-page.tsx"), "EndpointPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/deliveries",
      validateSearch: listFilters,
      component: lazyRouteComponent(() => import("./deliveries/deliveries-page.tsx"), "DeliveriesPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/deliveries/$id",
      component: lazyRouteComponent(() => import("./deliveries/delivery-page.tsx"), "DeliveryPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/events",
      validateSearch: eventFilters,
      component: lazyRouteComponent(() => import("./events/events-page.tsx"), "EventsPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/events/$id",
      component: lazyRouteComponent(() => import("./events/event-page.tsx"), "EventPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/catalog",
      validateSearch: textSearch("q"),
      component: lazyRouteComponent(() => import("./catalog/catalog-page.tsx"), "CatalogPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/catalog/$type",
      component: lazyRouteComponent(() => import("./catalog/event-type-page.tsx"), "EventTypePage"),
    }),
    createRoute({
      getParentRoute,
      path: "/replays",
      validateSearch: textSearch("cursor", "status"),
      component: lazyRouteComponent(() => import("./replays/replays-page.tsx"), "ReplaysPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/replays/$id",
      component: lazyRouteComponent(() => import("./replays/replay-page.tsx"), "ReplayPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/tail",
      component: lazyRouteComponent(() => import("./tail/tail-page.tsx"), "TailPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/api-keys",
      validateSearch: paging,
      component: lazyRouteComponent(() => import("./api-keys/api-keys-page.tsx"), "ApiKeysPage"),
    }),
    createRoute({
      getParentRoute,
      path: "/access-links",
      component: lazyRouteComponent(() => import("./access-links/access-links-page.tsx"), "AccessLinksPage"),
    }),
  ];
  return createRouter({
    routeTree: parent.addChildren(routes),
    ...plainSearch,
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultPendingComponent: () => <LoadingState />,
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
  });
}
