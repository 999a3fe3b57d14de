/** What a room's creator may say about it, as JSON in the room's metadata. */
export interface RoomMetadata {
  customerId: string | null;
  appointmentId: string | null;
}

const nothing: RoomMetadata = { customerId: null, appointmentId: null };

/** Reads `customer_id` (or `patient_id`) and `appointment_id`. Metadata of any other form says nothing. Never throws. */
export function readRoomMetadata(metadata: string | undefined): RoomMetadata {
  if (!metadata) return nothing;
  let value: unknown;
  try {
    value = JSON.parse(metadata);
  } catch {
    return nothing;
  }
  if (typeof value !== "object" || value === null) return nothing;
  const fields = new Map<string, unknown>(Object.entries(value));
  return {
    customerId: readId(fields.get("customer_id")) ?? readId(fields.get("patient_id")),
    appointmentId: readId(fields.get("appointment_id")),
  };
}

const readId = (value: unknown): string | null =>
  typeof value === "string" && value.length > 0 && value.length <= 255 ? value : null;
