import { type Caller, callerSchema } from "@carewire/contracts";
import type { Pool } from "undici";
import { z } from "zod";
import { type ApiFault, apiFaultOf } from "./api-fault.ts";

/** A session of the API, with the token that later calls carry. */
export interface OpenedSession {
  token: string;
  caller: Caller;
  expiresAt: Date;
}

/** What became of asking for a session. */
export type SignIn =
  | { outcome: "signed_in"; session: OpenedSession }
  | { outcome: "refused" }
  /** The organization has as many sessions as it may. */
  | { outcome: "too_many"; detail: string }
  | { outcome: "fault"; fault: ApiFault };

/** What became of asking who a session's is. */
export type Identification =
  | { outcome: "known"; caller: Caller }
  | { outcome: "ended" }
  | { outcome: "fault"; fault: ApiFault };

/** What became of ending a session; one that had ended before is ended. */
export type SignOut = { outcome: "ended" } | { outcome: "fault"; fault: ApiFault };

/** The API's own routes about sessions. */
export interface SessionApi {
  /** `credential`: an API key, or what an access link carries. */
  signIn(credential: string): Promise<SignIn>;
  identify(token: string): Promise<Identification>;
  signOut(token: string): Promise<SignOut>;
}

const openedSchema = callerSchema.extend({ token: z.string(), expires_at: z.iso.datetime() });
const problemSchema = z.object({ detail: z.string() });

interface Answer {
  status: number;
  json(): Promise<unknown>;
}

/** The answer, once it is one of those that are expected here; a limit or a pause of the API is a fault to try again. */
function faultOf({ status }: Answer): ApiFault | null {
  if (status !== 429 && status < 500) return null;
  const detail = "The API cannot take this right now. Try again shortly.";
  return { code: "service_unavailable", details: { detail, retryAfterSeconds: 2 } };
}

const unexpected = (status: number) => new Error(`subscriptions-api answered ${status} about a session`);

async function signedInAs(answer: Answer): Promise<SignIn> {
  switch (answer.status) {
    case 201: {
      const { token, ...caller } = openedSchema.parse(await answer.json());
      return { outcome: "signed_in", session: { token, caller, expiresAt: new Date(caller.expires_at) } };
    }
    case 401:
      return { outcome: "refused" };
    case 409:
      return { outcome: "too_many", detail: problemSchema.parse(await answer.json()).detail };
    default:
      throw unexpected(answer.status);
  }
}

/** Asks the API about sessions. Throws when it answers what no version of it should. */
export function createSessionApi(pool: Pool): SessionApi {
  async function ask(method: "GET" | "POST" | "DELETE", path: string, token: string) {
    try {
      const headers = { authorization: `Bearer ${token}`, "user-agent": "carewire-portal" };
      const { statusCode, body } = await pool.request({ method, path, headers });
      const text = await body.text();
      const answer: Answer = { status: statusCode, json: async () => JSON.parse(text) as unknown };
      return faultOf(answer) ?? answer;
    } catch (error) {
      const fault = apiFaultOf(error);
      if (fault === null) throw error;
      return fault;
    }
  }

  return {
    async signIn(credential) {
      const answer = await ask("POST", "/v1/sessions", credential);
      return "code" in answer ? { outcome: "fault", fault: answer } : signedInAs(answer);
    },
    async identify(token) {
      const answer = await ask("GET", "/v1/session", token);
      if ("code" in answer) return { outcome: "fault", fault: answer };
      if (answer.status === 401) return { outcome: "ended" };
      if (answer.status !== 200) throw unexpected(answer.status);
      return { outcome: "known", caller: callerSchema.parse(await answer.json()) };
    },
    async signOut(token) {
      const answer = await ask("DELETE", "/v1/session", token);
      if ("code" in answer) return { outcome: "fault", fault: answer };
      if (answer.status !== 204 && answer.status !== 401) throw unexpected(answer.status);
      return { outcome: "ended" };
    },
  };
}
