import { useQuery } from "@tanstack/react-query";
import { apiQuery } from "../api/queries.ts";

/** Deliveries that an endpoint's health is read from in lists. */
export const recentMax = 32;

const refreshMs = 15_000;

/** The newest deliveries of an endpoint, newest first; asked for once, however many show them. */
export const useRecentDeliveries = (subscriptionId: string) =>
  useQuery({
    ...apiQuery("GET /v1/deliveries", { query: { subscription_id: subscriptionId, limit: recentMax } }),
    refetchInterval: refreshMs,
  });
