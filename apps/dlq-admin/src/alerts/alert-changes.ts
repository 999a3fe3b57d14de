import type { EventDraft, Publisher } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { type Clock, newId, type OperationalPayloads, publicId } from "@carewire/envelope";
import type { OrganizationDepth } from "./read-depths.ts";

type AlertType = Extract<keyof OperationalPayloads, `dead_letters.${string}`>;

export interface AlertDeps {
  sql: Sql;
  publisher: Publisher;
  clock: Clock;
}

function draftOf<Type extends AlertType>(
  type: Type,
  organizationId: string,
  payload: Omit<OperationalPayloads[Type], "organization_id">,
  nowMs: number,
): EventDraft {
  return {
    id: newId(nowMs),
    organizationId,
    type,
    sourceService: "dlq-admin",
    occurredAt: new Date(nowMs),
    body: Buffer.from(JSON.stringify({ organization_id: publicId("org", organizationId), ...payload })),
  };
}

/** Raises an organization's alert and tells it in one commit; false when it stands already, however many look. */
export function raiseAlert(deps: AlertDeps, found: OrganizationDepth): Promise<boolean> {
  const { organization_id: organizationId, depth, oldest } = found;
  const nowMs = deps.clock.now();
  return deps.sql.begin(async (tx) => {
    const raised = await tx`
      insert into dead_letter_alerts (organization_id, depth, oldest_event, raised_at)
      values (${organizationId}, ${depth}, ${oldest}, ${new Date(nowMs)}) on conflict do nothing returning 1`;
    if (raised.length === 0) return false;
    const payload = { depth, oldest_event: oldest.toISOString() };
    await deps.publisher.publish(tx, [draftOf("dead_letters.alert_raised", organizationId, payload, nowMs)]);
    return true;
  });
}

/** Clears an organization's alert and tells it in one commit; false when it does not stand (any more). */
export function clearAlert(deps: AlertDeps, organizationId: string, depth: number): Promise<boolean> {
  const nowMs = deps.clock.now();
  return deps.sql.begin(async (tx) => {
    const [cleared] = await tx<{ raised_at: Date }[]>`
      delete from dead_letter_alerts where organization_id = ${organizationId} returning raised_at`;
    if (cleared === undefined) return false;
    const payload = { depth, raised_at: cleared.raised_at.toISOString() };
    await deps.publisher.publish(tx, [draftOf("dead_letters.alert_cleared", organizationId, payload, nowMs)]);
    return true;
  });
}
