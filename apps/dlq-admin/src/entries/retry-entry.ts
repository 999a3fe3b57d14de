import { correctionAad, retryDeadLetters, type WantedRetry } from "@carewire/bus";
import { dlqContract } from "@carewire/contracts";
import { appendAudit, withTenant } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import { type Access, grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { type Caller, callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { checkCorrection } from "./corrected-payload.ts";
import { type EntryRow, findEntry, presentEntry } from "./entry-row.ts";
import { isJsonEntry } from "./is-json-entry.ts";
import { noEntry } from "./no-entry.ts";
import { openPayload, showPayload } from "./open-payload.ts";

/** The entry as the retry left it; `taken` is false when it was not open, or nobody is there to take it. */
interface Retried {
  taken: boolean;
  entry: EntryRow;
}

async function retryEntry(
  { sql, clock, failpoint }: DlqDeps,
  caller: Caller,
  { id, organization_id: organizationId }: EntryRow,
  wanted: WantedRetry,
  reason: string | undefined,
): Promise<Retried> {
  const actor = caller.actor;
  const retried = await withTenant(sql, organizationId, async (tx) => {
    const taken = (await retryDeadLetters(tx, [wanted], actor)).length > 0;
    const target = publicId("dlq", id);
    const entry = await findEntry(tx, { organizationId }, target);
    if (entry === null) throw new Error("a dead letter vanished; nothing deletes them");
    if (!taken) return { taken, entry };
    await appendAudit(tx, {
      organizationId,
      actor,
      action: "dead_letter.retried",
      target,
      detail: { corrected: wanted.sealedPayload !== null, ...(reason !== undefined && { reason }) },
      now: new Date(clock.now()),
    });
    failpoint("dlq.before_commit");
    return { taken, entry };
  });
  failpoint("dlq.after_commit");
  return retried;
}

/** Why an entry was not taken, in words for the one who asked. */
function refuseRetry(res: Response, { status, consumer, resolved_by }: EntryRow) {
  switch (status) {
    case "retrying":
      return problemResult(res, "conflict", {
        detail: "It is being retried already; wait for what comes of it.",
      });
    case "resolved":
    case "discarded":
      return problemResult(res, "conflict", {
        detail: `It was ${status} already, by ${resolved_by ?? "somebody"}.`,
      });
    default:
      return problemResult(res, "conflict", {
        detail: `There is nobody to retry it: the consumer ${consumer ?? "of this entry"} is not registered. Start it, then retry.`,
      });
  }
}

const findWithin = (deps: DlqDeps, access: Access, given: string) =>
  runWithin(deps.sql, access, (tx) => findEntry(tx, access, given));

/** `POST /admin/dlq/:id/retry` */
export function createRetryEntry(deps: DlqDeps) {
  const { vault, clock, waker } = deps;
  return initServer().route(dlqContract.deadLetters.retry, async ({ params, body, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const found = await findWithin(deps, granted.access, params.id);
    if (found === null) return noEntry(res);
    const isJson =
      body?.payload === undefined ||
      (await runWithin(deps.sql, granted.access, (tx) => isJsonEntry(tx, found)));
    const correction = checkCorrection(body?.payload, found, { isJson });
    if (!correction.ok) {
      const detail = "The corrected payload would fail again.";
      return problemResult(res, "validation_failed", { detail, errors: correction.errors });
    }
    const retryId = newId(clock.now());
    const sealedPayload =
      correction.bytes &&
      (await vault.dataKey(found.organization_id)).seal(correctionAad(retryId), correction.bytes);
    const wanted = { deadLetterId: found.id, retryId, sealedPayload };
    const { taken, entry } = await retryEntry(deps, caller, found, wanted, body?.reason);
    if (!taken) return refuseRetry(res, entry);
    waker.notifyConsumers();
    return { status: 202, body: presentEntry(entry, showPayload(await openPayload(vault, entry), false)) };
  });
}
