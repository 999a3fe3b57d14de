import { queryOptions } from "@tanstack/react-query";
import { call } from "./call.ts";
import type { CallInput, RouteName } from "./routes.ts";

/** How the cache reads a route. Its key begins with the route's name, so that a change can make all its answers stale. */
export function apiQuery<Name extends RouteName>(name: Name, input: CallInput<Name>) {
  return queryOptions({
    queryKey: [name, input],
    queryFn: ({ signal }) => call(name, { ...input, signal }),
  });
}
