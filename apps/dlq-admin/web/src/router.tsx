import { plainSearch, textSearch } from "@carewire/ui";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { AdminFrame } from "./frame/admin-frame.tsx";
import { BrokenPage, UnknownPage } from "./frame/error-page.tsx";

const root = createRootRoute({
  component: AdminFrame,
  errorComponent: BrokenPage,
  notFoundComponent: UnknownPage,
});

const letterSearch = textSearch(
  "topic",
  "consumer",
  "cause",
  "status",
  "organization_id",
  "since",
  "until",
  "cursor",
);

const pages = [
  createRoute({
    getParentRoute: () => root,
    path: "/sign-in",
    // Where the company's sign-in comes back to; whoever is signed in has no business here.
    beforeLoad: () => {
      throw redirect({ to: "/" });
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/",
    validateSearch: textSearch("hours"),
    component: lazyRouteComponent(() => import("./overview/overview-page.tsx"), "OverviewPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/dead-letters",
    validateSearch: letterSearch,
    component: lazyRouteComponent(() => import("./dead-letters/groups-page.tsx"), "GroupsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/dead-letters/list",
    validateSearch: letterSearch,
    component: lazyRouteComponent(() => import("./dead-letters/list-page.tsx"), "ListPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/dead-letters/$id",
    component: lazyRouteComponent(() => import("./dead-letters/detail-page.tsx"), "DetailPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/bulk-jobs",
    validateSearch: textSearch("cursor"),
    component: lazyRouteComponent(() => import("./bulk-jobs/jobs-page.tsx"), "JobsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/inbound",
    validateSearch: textSearch(
      "provider",
      "verdict",
      "organization_id",
      "source_id",
      "since",
      "until",
      "cursor",
    ),
    component: lazyRouteComponent(() => import("./inbound/list-page.tsx"), "InboundListPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/inbound/$id",
    component: lazyRouteComponent(() => import("./inbound/detail-page.tsx"), "InboundDetailPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/deliveries",
    validateSearch: textSearch(
      "type",
      "status",
      "response_class",
      "organization_id",
      "subscription_id",
      "consumer",
      "since",
      "until",
      "cursor",
    ),
    component: lazyRouteComponent(() => import("./deliveries/list-page.tsx"), "DeliveriesPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/deliveries/$id",
    component: lazyRouteComponent(() => import("./deliveries/detail-page.tsx"), "DeliveryPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/subscriptions",
    validateSearch: textSearch("q", "active", "breaker", "organization_id", "cursor"),
    component: lazyRouteComponent(() => import("./subscriptions/list-page.tsx"), "SubscriptionsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/subscriptions/$id",
    validateSearch: textSearch("cursor"),
    component: lazyRouteComponent(() => import("./subscriptions/detail-page.tsx"), "SubscriptionPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/consumers",
    component: lazyRouteComponent(() => import("./consumers/consumers-page.tsx"), "ConsumersPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/audit",
    validateSearch: textSearch("actor", "action", "target", "organization_id", "since", "until", "cursor"),
    component: lazyRouteComponent(() => import("./audit/audit-page.tsx"), "AuditPage"),
  }),
];

/** Every page and its address. */
export const router = createRouter({
  routeTree: root.addChildren(pages),
  ...plainSearch,
  defaultPreload: "intent",
  scrollRestoration: true,
});
