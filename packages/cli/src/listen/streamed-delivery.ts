/** A `delivery` message of a stream, as contracts has it. */
export interface StreamedDelivery {
  delivery_id: string;
  event_id: string;
  event_type: string;
  attempt: number;
  lease: string;
  timeout_ms: number;
  headers: [string, string][];
  /** Base64. */
  body: string;
}
