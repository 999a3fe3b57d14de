/** An event for subscribers, decided together with the state change it tells about. */
export interface PublicEvent {
  type: "compliance.establishment_fulfilled" | "compliance.establishment_expired";
  /** The customer it is about. */
  subject: string;
  occurredAt: Date;
  data: Record<string, unknown>;
}
