import type { HostCookie } from "@carewire/service-kit";
import type { Request, Response } from "express";
import type { Session, SessionRule, SignIn } from "./session.ts";
import type { SessionStore } from "./session-store.ts";

/** Sessions as a browser carries them. */
export interface SignedIn {
  /** True when a request carries a session cookie, whatever it is worth. */
  claims(req: Request): boolean;
  find(req: Request): Promise<Session | null>;
  /** Starts a session and gives it to the browser; an earlier one of this browser ends. */
  start(req: Request, res: Response, signIn: SignIn): Promise<Session>;
  end(req: Request, res: Response): Promise<void>;
  /** Takes the cookie from the browser. */
  forget(res: Response): void;
}

export interface SignedInDeps {
  store: SessionStore;
  cookie: HostCookie;
  rule: SessionRule;
}

export function createSignedIn({ store, cookie, rule }: SignedInDeps): SignedIn {
  async function find(req: Request): Promise<Session | null> {
    const token = cookie.read(req);
    return token === null ? null : store.find(token);
  }

  async function endStored(req: Request): Promise<void> {
    const session = await find(req);
    if (session !== null) await store.end(session);
  }

  return {
    claims: (req) => cookie.read(req) !== null,
    find,
    async start(req, res, signIn) {
      // A new token each time: one that was planted in the browser before is worth nothing.
      await endStored(req);
      const token = await store.start(signIn);
      const session = await store.find(token);
      if (session === null) throw new Error("a session that was just started is over");
      cookie.set(res, token, rule.hoursMax * 3_600);
      return session;
    },
    async end(req, res) {
      await endStored(req);
      cookie.clear(res);
    },
    forget: (res) => cookie.clear(res),
  };
}
