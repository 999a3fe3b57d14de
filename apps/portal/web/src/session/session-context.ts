import type { Scope } from "@carewire/contracts";
import { createContext, useContext } from "react";
import type { Caller } from "./session-query.ts";

export interface Session {
  caller: Caller;
  /** Shown in a frame of another site, which has its own way to sign out. */
  embedded: boolean;
  can(scope: Scope): boolean;
}

export const SessionContext = createContext<Session | null>(null);

/** The session of whoever looks at this page. Only below the frame that makes sure there is one. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession is used outside of a session");
  return session;
}
