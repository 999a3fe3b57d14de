import { ProblemError } from "@carewire/ui";
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { request } from "../api/call.ts";
import type { Answer } from "../api/routes.ts";

/** Who is signed in, and what they may do. */
export type Caller = Answer<"GET /v1/session">;

/** Who is signed in; null: nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ client, signal }): Promise<Caller | null> => {
    try {
      const caller = (await request("GET", "/session", { signal })) as Caller;
      const before = client.getQueryData<Caller | null>(["session"]);
      if (before && before.session_id !== caller.session_id) forgetReads(client);
      return caller;
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 30_000,
  refetchInterval: 60_000,
});

/** Signs in with an API key, or with what an access link carries. Throws `ProblemError`. */
export async function signIn(credential: { api_key: string } | { access_token: string }): Promise<void> {
  await request("POST", "/session", { body: credential });
}

/** Ends the session, here and on the server. */
export async function signOut(): Promise<void> {
  await request("DELETE", "/session", {});
}

/** Nobody is signed in any more: nothing that the session saw stays in memory for the next one. */
export function forgetSession(client: QueryClient): void {
  client.setQueryData(sessionQuery.queryKey, null);
  forgetReads(client);
}

function forgetReads(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
  client.getMutationCache().clear();
}
