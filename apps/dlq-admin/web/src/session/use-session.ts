import { signedOutEvent } from "@carewire/ui";
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect } from "react";
import { reads } from "../api/reads.ts";
import type { Session, User } from "../api/types.ts";

export const sessionKey = ["session"] as const;

/** Goes back to signing in, and forgets everything that was read: it was for whoever was signed in. */
export function forgetSession(queryClient: QueryClient): void {
  queryClient.setQueryData<Session>(sessionKey, (session) => session && { ...session, user: null });
  forgetReads(queryClient);
}

/** Takes over what the server says of the session; what was read for anybody else than who is signed in now is forgotten. */
export function enterSession(queryClient: QueryClient, session: Session): Session {
  const before = queryClient.getQueryData<Session>(sessionKey);
  if (before?.user?.actor !== session.user?.actor) forgetReads(queryClient);
  return queryClient.setQueryData<Session>(sessionKey, session) ?? session;
}

function forgetReads(queryClient: QueryClient): void {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
}

/** Who is signed in; asked again when the window is looked at, and when the server says that nobody is. */
export function useSession() {
  const queryClient = useQueryClient();
  useEffect(() => {
    const leave = () => forgetSession(queryClient);
    window.addEventListener(signedOutEvent, leave);
    return () => window.removeEventListener(signedOutEvent, leave);
  }, [queryClient]);
  return useQuery({
    queryKey: sessionKey,
    queryFn: async (options) => enterSession(queryClient, await reads.session(options)),
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  });
}

export const UserContext = createContext<User | null>(null);

/** The person who is signed in. */
export function useUser(): User {
  const user = useContext(UserContext);
  if (user === null) throw new Error("useUser is for pages inside of SessionGate");
  return user;
}
