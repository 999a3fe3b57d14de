import type { AdminRole } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { type Clock, publicId } from "@carewire/envelope";
import type { Caller } from "../access/caller.ts";

/** How long sessions live. */
export interface SessionRule {
  /** From signing in, whatever happens. */
  hoursMax: number;
  /** From the last request. */
  idleMinutesMax: number;
}

/** A live session and whose it is. */
export interface Session {
  id: string;
  caller: Caller;
  expiresAt: Date;
}

/** Who signs in: with a key, or as somebody the OIDC provider knows, with a role of the platform's operators. */
export type SignIn =
  | { kind: "key"; apiKeyId: string; organizationId: string; name: string }
  | { kind: "oidc"; subject: string; organizationId: string; name: string; role: AdminRole };

export interface SessionStoreDeps {
  sql: Sql;
  clock: Clock;
  random(byteCount: number): Uint8Array;
  rule: SessionRule;
}

export const minuteMs = 60_000;

/** An entry of the audit chain about a session. */
export const sessionEntry = (
  session: { id: string; organizationId: string; actor: string },
  action: "session.started" | "session.ended",
  nowMs: number,
) => ({
  organizationId: session.organizationId,
  actor: session.actor,
  action,
  target: publicId("ses", session.id),
  detail: {},
  now: new Date(nowMs),
});
