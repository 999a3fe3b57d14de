import { AppLink, ShortId } from "@carewire/ui";
import { useQuery } from "@tanstack/react-query";
import { apiQuery } from "../api/queries.ts";

/** An endpoint by its name, which leads to it; those beyond the newest 200, and deleted ones, by their id. */
export function EndpointName({ id }: { id: string }) {
  const endpoints = useQuery({
    ...apiQuery("GET /v1/subscriptions", { query: { limit: 200 } }),
    staleTime: 60_000,
  });
  const name = endpoints.data?.data.find((endpoint) => endpoint.id === id)?.name;
  return <AppLink to={`/endpoints/${id}`}>{name ?? <ShortId id={id} />}</AppLink>;
}
