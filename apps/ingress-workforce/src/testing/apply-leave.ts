import { createPublisher } from "@carewire/bus";
import { type LeaveApprovedPayload, leaveApprovedPayload, newId } from "@carewire/envelope";
import type { Sql } from "postgres";
import { createApplyLeave } from "../handlers/apply-leave.ts";
import { openVault } from "./open-vault.ts";

const handler = createApplyLeave({ clock: { now: () => Date.now() } });
const publisher = createPublisher({ vault: openVault });

/** Handles one leave the way a consumer does: checked, in one transaction with what it publishes. */
export async function applyLeave(
  sql: Sql,
  organizationId: string,
  leave: LeaveApprovedPayload,
): Promise<void> {
  const id = newId(Date.now());
  const payload = leaveApprovedPayload.parse(leave);
  const envelope = {
    id,
    topic: "cari.workforce.test",
    timestamp: payload.approved_at,
    source_service: "test",
    payload,
  };
  await sql.begin((tx) =>
    handler(tx, envelope, {
      organizationId,
      eventId: id,
      deliveryId: id,
      attempt: 1,
      payloadBytes: Buffer.from(JSON.stringify(payload)),
      signal: new AbortController().signal,
      publish: (drafts) => publisher.publish(tx, drafts),
    }),
  );
}
