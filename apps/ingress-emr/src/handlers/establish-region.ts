import { type ConsumerHandler, HandlerRefusal, toDrafts } from "@carewire/bus";
import { type Clock, newId, type VideoCallCompletedPayload } from "@carewire/envelope";
import type { TransactionSql } from "postgres";
import { applyCall, type CompletedCall } from "../compliance/establishment-state.ts";
import { lockEstablishment, saveEstablishment } from "../compliance/establishment-store.ts";
import { sourceService } from "../source-service.ts";

export interface EstablishRegionDeps {
  clock: Clock;
  /** How long a call establishes a customer in a region. */
  validDays: number;
}

const dayMs = 86_400_000;

/**
 * Seed 2's steps 2 to 5 for a completed video call: finds the customer, takes the region from the address, keeps
 * `customer_region_establishments`, and tells `compliance.establishment_fulfilled` once. A customer that is not known, or
 * without an address, is a dead letter: retry it once they are.
 */
export function createEstablishRegion({
  clock,
  validDays,
}: EstablishRegionDeps): ConsumerHandler<VideoCallCompletedPayload> {
  return async (tx, { payload }, { organizationId, publish }) => {
    const customerId = payload.patient_external_id;
    const regionCode = await findRegion(tx, organizationId, customerId);
    const establishedAt = new Date(payload.completed_at);
    const call: CompletedCall = {
      id: newId(clock.now()),
      customerId,
      regionCode,
      establishedAt,
      expiresAt: new Date(establishedAt.getTime() + validDays * dayMs),
      appointmentId: payload.appointment_id,
      providerId: payload.provider_id ?? null,
    };
    const current = await lockEstablishment(tx, organizationId, customerId, regionCode);
    const change = applyCall(current, call);
    if (change.state) await saveEstablishment(tx, organizationId, change.state);
    await publish(toDrafts({ clock, sourceService }, organizationId, change.events));
  };
}

async function findRegion(tx: TransactionSql, organizationId: string, customerId: string): Promise<string> {
  const [customer] = await tx<{ region_code: string | null }[]>`
    select region_code from customers where organization_id = ${organizationId} and customer_id = ${customerId}`;
  if (customer === undefined) {
    throw new HandlerRefusal(
      "lookup_failed",
      "No customer has this patient_external_id: create it with PUT /v1/customers/:id, then retry.",
    );
  }
  if (customer.region_code === null) {
    throw new HandlerRefusal(
      "lookup_failed",
      "The customer of this patient_external_id has no address: add one with PUT /v1/customers/:id, then retry.",
    );
  }
  return customer.region_code;
}
