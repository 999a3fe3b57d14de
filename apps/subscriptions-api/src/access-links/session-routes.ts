import { createEndSession, type EndSessionDeps } from "./end-session.ts";
import { createGetSession } from "./get-session.ts";

/** The handlers of the contract's `sessions`, but for the one that makes them: it has an authenticator of its own. */
export const createSessionRoutes = (deps: EndSessionDeps) => ({
  get: createGetSession(deps),
  end: createEndSession(deps),
});
