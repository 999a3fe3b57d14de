import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { nobody } from "./nobody.ts";
import { sessionContract } from "./session-contract.ts";
import type { SessionDeps } from "./session-deps.ts";

/** `GET /session` */
export function createWhoAmI({ api, cookies }: SessionDeps) {
  return initServer().route(sessionContract.whoAmI, async ({ req, res }) => {
    const token = cookies.read(req);
    if (token === null) return nobody(res);
    const asked = await api.identify(token);
    switch (asked.outcome) {
      case "known":
        return { status: 200, body: asked.caller };
      case "ended":
        cookies.clear(res);
        return nobody(res);
      case "fault":
        return problemResult(res, asked.fault.code, asked.fault.details);
    }
  });
}
