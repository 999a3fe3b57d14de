import { publicId } from "@carewire/envelope";
import type { PublicEvent } from "./public-event.ts";

/** One row of `customer_region_establishments`. */
export interface Establishment {
  /** The row's uuid. */
  id: string;
  customerId: string;
  regionCode: string;
  /** False once it lapsed and subscribers were told. */
  established: boolean;
  /** When the latest call ended, by the EMR's clock. */
  establishedAt: Date;
  expiresAt: Date;
  appointmentId: string;
  providerId: string | null;
}

/** A completed call with the region of its customer, as the establishment it would make by itself. */
export type CompletedCall = Omit<Establishment, "established">;

/** The state to store (null: the call is old news), and what to tell subscribers. */
export interface EstablishmentChange {
  state: Establishment | null;
  events: PublicEvent[];
}

/**
 * Decides what a completed call changes. The latest call counts, whatever order they arrive in; an establishment is told
 * when it begins and when it lapses, not when a further call extends it. One that lapsed before this call without
 * anybody having been told is told to have lapsed first.
 */
export function applyCall(current: Establishment | null, call: CompletedCall): EstablishmentChange {
  const next = { ...call, id: current?.id ?? call.id, established: true };
  if (current === null) return { state: next, events: [tellFulfilled(next)] };
  const laterMs = call.establishedAt.getTime() - current.establishedAt.getTime();
  if (laterMs < 0 || (laterMs === 0 && call.appointmentId <= current.appointmentId)) {
    return { state: null, events: [] };
  }
  // Two calls that ended in the same moment: only the name of one is kept, the same one in any order.
  if (laterMs === 0) {
    const { appointmentId, providerId } = call;
    return { state: { ...current, appointmentId, providerId }, events: [] };
  }
  if (!current.established) return { state: next, events: [tellFulfilled(next)] };
  if (call.establishedAt < current.expiresAt) return { state: next, events: [] };
  return { state: next, events: [tellExpired(current), tellFulfilled(next)] };
}

/** Seed 2's sample, with what else is known. */
const tellFulfilled = (state: Establishment): PublicEvent => ({
  type: "compliance.establishment_fulfilled",
  subject: state.customerId,
  occurredAt: state.establishedAt,
  data: dataOf(state, true),
});

export const tellExpired = (state: Establishment): PublicEvent => ({
  type: "compliance.establishment_expired",
  subject: state.customerId,
  occurredAt: state.expiresAt,
  data: dataOf(state, false),
});

const dataOf = (state: Establishment, established: boolean): Record<string, unknown> => ({
  customer_id: state.customerId,
  region_code: state.regionCode,
  establishment: {
    id: publicId("est", state.id),
    established,
    established_at: state.establishedAt.toISOString(),
    expires_at: state.expiresAt.toISOString(),
    appointment_id: state.appointmentId,
    ...(state.providerId === null ? {} : { provider_id: state.providerId }),
  },
});
