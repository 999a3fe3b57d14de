import { appendAudit } from "@carewire/db";
import { findSession } from "./find-session.ts";
import { type Session, type SessionStoreDeps, type SignIn, sessionEntry } from "./session.ts";
import { startSession } from "./start-session.ts";

/** Expired sessions that one look removes. */
const removedMax = 1_000;

async function endSession({ sql, clock }: SessionStoreDeps, { id, caller }: Session): Promise<void> {
  const { organizationId, actor } = caller;
  await sql.begin(async (tx) => {
    const ended = await tx`delete from admin_sessions where id = ${id} returning 1`;
    if (ended.length === 0) return;
    await appendAudit(tx, sessionEntry({ id, organizationId, actor }, "session.ended", clock.now()));
  });
}

/** Sessions as rows: any process of dlq-admin finds them, and whoever has the database has no token. */
export function createSessionStore(deps: SessionStoreDeps) {
  return {
    /** Starts a session; resolves to its token, which is kept nowhere else. */
    start: (signIn: SignIn): Promise<string> => startSession(deps, signIn),
    /** The session of a token; null when it is over. */
    find: (token: string): Promise<Session | null> => findSession(deps, token),
    /** Ends a session for good. */
    end: (session: Session): Promise<void> => endSession(deps, session),
    /** Removes rows of sessions that are over. */
    async removeExpired(): Promise<void> {
      await deps.sql`
        delete from admin_sessions where id in (
          select id from admin_sessions where expires_at < ${new Date(deps.clock.now())}
          order by expires_at limit ${removedMax})`;
    },
  };
}

export type SessionStore = ReturnType<typeof createSessionStore>;
