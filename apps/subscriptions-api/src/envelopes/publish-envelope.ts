import { createHash } from "node:crypto";
import type { SubmittedEvent } from "@carewire/bus";
import { apiContract, type PublishEnvelope } from "@carewire/contracts";
import { type Clock, newId } from "@carewire/envelope";
import {
  type Principal,
  principalOf,
  problemResult,
  rawBodyOf,
  readTraceparent,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { conflictDetail } from "../events/conflict-detail.ts";
import { shownEventId } from "../events/event-row.ts";
import { notConfirmed } from "../events/not-confirmed.ts";
import { type StoreDeps, storeEvents } from "../events/store-events.ts";
import { rawMember } from "../json/raw-json.ts";

interface Circumstances {
  rawPayload: Buffer;
  traceparent: string | null;
  now: number;
}

function toSubmitted(
  principal: Principal,
  body: PublishEnvelope,
  { rawPayload, traceparent, now }: Circumstances,
): SubmittedEvent {
  const { organizationId, accountId } = principal;
  const fields = [
    body.topic,
    body.source_service,
    body.timestamp,
    ...(accountId === null ? [] : [accountId]),
  ];
  return {
    draft: {
      id: newId(now),
      organizationId,
      accountId,
      type: body.topic,
      externalId: body.id ?? null,
      sourceService: body.source_service,
      occurredAt: new Date(body.timestamp ?? now),
      body: rawPayload,
      traceparent,
    },
    key: body.id === undefined ? null : `id:${body.id}`,
    bodyHash: createHash("sha256").update(JSON.stringify(fields)).update("\n").update(rawPayload).digest(),
  };
}

/** `POST /v1/envelopes`: for the platform's own services. The payload is looked at by its consumers only. */
export function createPublishEnvelope(deps: StoreDeps & { clock: Clock }) {
  return initServer().route(apiContract.envelopes.publish, async ({ body, req, res }) => {
    const principal = principalOf(res);
    const rawPayload = rawMember(rawBodyOf(res), "payload");
    if (rawPayload === null) throw new Error("the body passed validation without a payload");
    const traceparent = readTraceparent(req.headers.traceparent);
    const submitted = toSubmitted(principal, body, { rawPayload, traceparent, now: deps.clock.now() });
    const outcome = await storeEvents(deps, principal, [submitted]);
    if (outcome.status === "not_confirmed") return notConfirmed(res);
    const [stored] = outcome.events;
    if (stored === undefined || stored.status === "conflict") {
      return problemResult(res, "idempotency_conflict", { detail: conflictDetail });
    }
    return { status: 202, body: { id: shownEventId(stored.event) } };
  });
}
