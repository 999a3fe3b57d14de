import { apiContract } from "@carewire/contracts";
import { principalOf, problemResult, rawBodyOf, readTraceparent } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { claimKey } from "./claim-key.ts";
import { conflictDetail } from "./conflict-detail.ts";
import { notConfirmed } from "./not-confirmed.ts";
import { type PrepareDeps, prepareEvents } from "./prepare-events.ts";
import { presentPublished } from "./present-published.ts";
import { type StoreDeps, storeEvents } from "./store-events.ts";

/** `POST /v1/events`: answered after the commit, which the event shares with whatever arrived meanwhile. */
export function createPublishEvent(deps: PrepareDeps & StoreDeps) {
  return initServer().route(apiContract.events.publish, async ({ body, headers, req, res }) => {
    const principal = principalOf(res);
    const headerKey = headers["idempotency-key"];
    const fallbackKey = headerKey === undefined ? null : `key:${headerKey}`;
    const traceparent = readTraceparent(req.headers.traceparent);
    const incoming = { body, raw: rawBodyOf(res), fallbackKey, traceparent };
    const [prepared] = await prepareEvents(deps, principal, [incoming]);
    if (prepared === undefined) throw new Error("an event was neither prepared nor refused");
    if (!prepared.ok) return problemResult(res, prepared.code, prepared.details);
    const needsClaim = fallbackKey !== null && prepared.event.key !== fallbackKey;
    if (needsClaim && (await claimKey(deps.sql, fallbackKey, prepared.event)) === "conflict") {
      return problemResult(res, "idempotency_conflict", { detail: conflictDetail });
    }
    const outcome = await storeEvents(deps, principal, [prepared.event]);
    if (outcome.status === "not_confirmed") return notConfirmed(res);
    const [stored] = outcome.events;
    if (stored === undefined || stored.status === "conflict") {
      return problemResult(res, "idempotency_conflict", { detail: conflictDetail });
    }
    return { status: 202, body: presentPublished(stored) };
  });
}
