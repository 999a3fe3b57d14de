import { Loaded } from "@carewire/ui";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { apiQuery } from "../api/queries.ts";
import { useSession } from "../session/session-context.ts";

/** Leads to the endpoints, or, while there are none, to how to begin. */
export function HomePage() {
  const { can } = useSession();
  const readable = can("subscriptions:read");
  const first = useQuery({
    ...apiQuery("GET /v1/subscriptions", { query: { limit: 1 } }),
    enabled: readable,
  });
  if (!readable) return <Navigate to={"/events" as "."} replace />;
  return (
    <Loaded query={first}>
      {({ data }) => <Navigate to={(data.length === 0 ? "/start" : "/endpoints") as "."} replace />}
    </Loaded>
  );
}
