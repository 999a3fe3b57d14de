import { retryDeadLetters } from "@carewire/bus";
import { dlqContract } from "@carewire/contracts";
import { appendAudit, withTenant } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import type postgres from "postgres";
import { grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { type Caller, callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { noInbound, replayOf } from "./get-inbound.ts";
import { type InboundDetail, readInboundDetail } from "./read-inbound.ts";
import { republishEvents } from "./republish-events.ts";

type Replayed =
  | { did: "republished"; events: number }
  | { did: "mapped_again"; events: 0 }
  | { did: "nothing" };

async function act(
  { clock }: DlqDeps,
  tx: postgres.TransactionSql,
  { actor }: Caller,
  detail: InboundDetail,
): Promise<Replayed> {
  const { request, deadLetter } = detail;
  switch (replayOf(detail)) {
    case "republish": {
      const events = await republishEvents(tx, request.id);
      return events > 0 ? { did: "republished", events } : { did: "nothing" };
    }
    case "map_again": {
      const retry = { deadLetterId: deadLetter?.id ?? "", retryId: newId(clock.now()), sealedPayload: null };
      const taken = await retryDeadLetters(tx, [retry], actor);
      return taken.length > 0 ? { did: "mapped_again", events: 0 } : { did: "nothing" };
    }
    case "none":
      return { did: "nothing" };
  }
}

/** Does it and says so on the organization's chain, in one commit. */
function replay(deps: DlqDeps, caller: Caller, detail: InboundDetail, reason: string): Promise<Replayed> {
  const { organization_id: organizationId, id } = detail.request;
  return withTenant(deps.sql, organizationId, async (tx) => {
    const replayed = await act(deps, tx, caller, detail);
    if (replayed.did === "nothing") return replayed;
    await appendAudit(tx, {
      organizationId,
      actor: caller.actor,
      action: "inbound_request.replayed",
      target: publicId("inr", id),
      detail: { ...replayed, reason },
      now: new Date(deps.clock.now()),
    });
    return replayed;
  });
}

function refuseReplay(res: Response, { request, deadLetter }: InboundDetail) {
  switch (request.verdict) {
    case "accepted":
      return problemResult(res, "conflict", {
        detail: "Its events are still on their way to being routed, or their payloads are not kept any more.",
      });
    case "malformed":
      return problemResult(res, "conflict", {
        detail:
          deadLetter === null
            ? "The same bytes came before; replay the request that came first."
            : `Its dead letter is ${deadLetter.status} already.`,
      });
    default:
      return problemResult(res, "conflict", {
        detail: `It was a ${request.verdict} of an earlier request; replay that one.`,
      });
  }
}

/** `POST /admin/inbound-requests/:id/replay` */
export function createReplayInbound(deps: DlqDeps) {
  return initServer().route(dlqContract.inboundRequests.replay, async ({ params, body, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const { access } = granted;
    const detail = await runWithin(deps.sql, access, (tx) => readInboundDetail(tx, access, params.id));
    if (detail === null) return noInbound(res);
    const replayed = await replay(deps, caller, detail, body.reason);
    if (replayed.did === "nothing") return refuseReplay(res, detail);
    if (replayed.did === "republished") deps.waker.wake();
    return {
      status: 202,
      body: {
        id: publicId("inr", detail.request.id),
        did: replayed.did,
        events: replayed.events,
        dead_letter_id: detail.deadLetter && publicId("dlq", detail.deadLetter.id),
      },
    };
  });
}
