import { payloadAad, type Vault } from "@carewire/bus";
import { adminAttemptsMax, dlqContract } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { attempts } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";
import { problemResult, readHeaderLines } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { openSealed, showPayload } from "../entries/open-payload.ts";
import { auditReveal, refuseReveal } from "../entries/reveal.ts";
import { findDelivery, presentDelivery } from "./delivery-row.ts";

type AttemptRow = typeof attempts.$inferSelect;

const responseBodyAad = (attemptId: string): string => `attempts:${attemptId}`;

async function readAttempts(tx: Queryable, deliveryId: string): Promise<AttemptRow[]> {
  const rows = await tx<AttemptRow[]>`
    select * from attempts where delivery_id = ${deliveryId} order by id desc limit ${adminAttemptsMax}`;
  return rows.reverse();
}

async function showSealed(
  vault: Vault,
  organizationId: string,
  aad: string,
  sealed: Buffer | null,
  revealed: boolean,
): Promise<string | null> {
  if (sealed === null) return null;
  return showPayload(await openSealed(vault, organizationId, aad, sealed), revealed).text;
}

async function presentAttempt(vault: Vault, row: AttemptRow, revealed: boolean) {
  const { id, organization_id: organizationId } = row;
  return {
    id: publicId("att", id),
    n: row.n,
    outcome: row.outcome,
    response_code: row.http_status,
    duration_ms: row.duration_ms,
    error: row.error,
    request_headers: readHeaderLines(row.request_headers),
    response_headers: readHeaderLines(row.response_headers),
    response_body: await showSealed(vault, organizationId, responseBodyAad(id), row.response_body, revealed),
    next_step: row.next_step,
    reason: row.reason,
    next_retry_at: row.next_retry_at?.toISOString() ?? null,
    started_at: row.started_at.toISOString(),
  };
}

/** `GET /admin/deliveries/:id` */
export function createGetDelivery(deps: DlqDeps) {
  const { sql, vault } = deps;
  return initServer().route(dlqContract.deliveries.get, async ({ params, query, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const refusal = refuseReveal(res, query);
    if (refusal !== null) return refusal;
    const { access } = granted;
    const found = await runWithin(sql, access, async (tx) => {
      const delivery = await findDelivery(tx, access, params.id);
      if (delivery === null) return null;
      const [payload] = await tx<{ body: Buffer | null }[]>`
        select body from event_payloads where id = ${delivery.event_id}`;
      return { delivery, sealed: payload?.body ?? null, attempts: await readAttempts(tx, delivery.id) };
    });
    if (found === null) return problemResult(res, "not_found", { detail: "There is no such delivery." });
    const { delivery, sealed } = found;
    const { organization_id: organizationId, event_id: eventId } = delivery;
    const { reveal: revealed = false, reason } = query;
    if (revealed && reason !== undefined) {
      const targets = [{ organizationId, target: params.id }];
      await auditReveal(deps, caller, { action: "delivery.revealed", targets, reason });
    }
    return {
      status: 200,
      body: {
        ...presentDelivery(delivery),
        payload: await showSealed(vault, organizationId, payloadAad(eventId), sealed, revealed),
        masked: !revealed,
        attempt_history: await Promise.all(found.attempts.map((row) => presentAttempt(vault, row, revealed))),
      },
    };
  });
}
