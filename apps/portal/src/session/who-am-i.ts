import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { nobody } from "./nobody.ts";
import { sessionContract } from "./session-contract.ts";
import type { SessionDeps } from "./session-deps.ts";
import { sessionMark, sessionMarkHeader } from "./session-mark.ts";

/** `GET /session` */
export function createWhoAmI({ api, cookies }: SessionDeps) {
  return initServer().route(sessionContract.whoAmI, async ({ req, res }) => {
    const token = cookies.read(req);
    if (token === null) return nobody(res);
    const asked = await api.identify(token);
    switch (asked.outcome) {
      case "known":
        res.setHeader(sessionMarkHeader, sessionMark(token));
        return { status: 200, body: asked.caller };
      // Its cookie stays: by the time this arrives, the browser's may be that of a new session.
      case "ended":
        return nobody(res);
      case "fault":
        return problemResult(res, asked.fault.code, asked.fault.details);
    }
  });
}
