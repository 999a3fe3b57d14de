import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { sessionContract } from "./session-contract.ts";
import type { SessionDeps } from "./session-deps.ts";

/** `DELETE /session`: the cookie goes in any case; that the session itself ended is said only when it did. */
export function createSignOut({ api, cookies }: SessionDeps) {
  return initServer().route(sessionContract.signOut, async ({ req, res }) => {
    const token = cookies.read(req);
    cookies.clear(res);
    if (token === null) return { status: 204, body: undefined };
    const asked = await api.signOut(token);
    switch (asked.outcome) {
      case "ended":
        return { status: 204, body: undefined };
      case "fault": {
        const { code, details } = asked.fault;
        const detail = `This browser is signed out, but its session lasts until it expires. ${details.detail}`;
        return problemResult(res, code, { ...details, detail });
      }
    }
  });
}
