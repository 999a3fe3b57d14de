import { dlqContract } from "@carewire/contracts";
import { publicId } from "@carewire/envelope";
import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import { grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { showPayload } from "../entries/open-payload.ts";
import { auditReveal, refuseReveal } from "../entries/reveal.ts";
import { shownEventId } from "../entries/shown-event-id.ts";
import { presentInbound } from "./inbound-row.ts";
import { type InboundDetail, openBody, readInboundDetail } from "./read-inbound.ts";

/** The answer to an id of no request. */
export const noInbound = (res: Response) =>
  problemResult(res, "not_found", {
    detail: "There is no such inbound request; only requests with a good signature are kept.",
  });

/** What replaying a request does. */
export function replayOf({ request, events, deadLetter }: InboundDetail) {
  if (request.verdict === "accepted" && events.length > 0) return "republish" as const;
  return deadLetter?.status === "open" ? ("map_again" as const) : ("none" as const);
}

function headersOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** `GET /admin/inbound-requests/:id` */
export function createGetInbound(deps: DlqDeps) {
  const { sql, vault } = deps;
  return initServer().route(dlqContract.inboundRequests.get, async ({ params, query, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const refusal = refuseReveal(res, query);
    if (refusal !== null) return refusal;
    const { access } = granted;
    const detail = await runWithin(sql, access, (tx) => readInboundDetail(tx, access, params.id));
    if (detail === null) return noInbound(res);
    const { reveal: revealed = false, reason } = query;
    const { organization_id: organizationId, headers } = detail.request;
    if (revealed && reason !== undefined) {
      const targets = [{ organizationId, target: params.id }];
      await auditReveal(deps, caller, { action: "inbound_request.revealed", targets, reason });
    }
    const body = await openBody(sql, vault, detail);
    return {
      status: 200,
      body: {
        ...presentInbound(detail.request),
        headers: headersOf(headers),
        body: body && showPayload(body, revealed).text,
        masked: !revealed,
        events: detail.events.map((event) => ({
          id: shownEventId(event),
          type: event.type,
          created_at: event.created_at.toISOString(),
        })),
        dead_letter_id: detail.deadLetter && publicId("dlq", detail.deadLetter.id),
        replay: replayOf(detail),
      },
    };
  });
}
