import type { EventTypeView, Subscription } from "@carewire/contracts";

export type PayloadFormat = Subscription["payload_format"];

/** What the preview is of: an event of the catalog, or one that happened. */
export interface PreviewedEvent {
  id: string;
  type: string;
  created_at: string;
  data: unknown;
  subscription_id: string;
  /** What the format `thin` says of it, where that is known. */
  thin?: EventTypeView["thin"];
}

/** The body of a delivery in a format, as docs/payload-formats.md has it; null where it cannot be told from here. */
export function bodyPreview(format: PayloadFormat, event: PreviewedEvent): string | null {
  const { id, type, created_at, data, subscription_id } = event;
  switch (format) {
    case "envelope": {
      const metadata = { api_version: "1.0", webhook_subscription_id: subscription_id };
      return JSON.stringify({ id, type, created_at, data, metadata });
    }
    case "event":
      return JSON.stringify({ id, event: type, payload: data });
    case "flat":
      return JSON.stringify(flatten(type, data));
    case "thin":
      return event.thin == null ? null : JSON.stringify(thinOf(event));
  }
}

function flatten(type: string, data: unknown): unknown {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return { event_type: type, data };
  const fields = data as Record<string, unknown>;
  if (!Object.hasOwn(fields, "event_type")) return { event_type: type, ...fields };
  return fields.event_type === type ? fields : { event_type: type, data };
}

function thinOf({ id, type, created_at, thin, subscription_id }: PreviewedEvent): unknown {
  const seconds = Math.floor(Date.parse(created_at) / 1_000);
  return {
    service: type.split(".", 1)[0],
    event: type,
    event_time: seconds,
    transaction_id: id,
    timestamp: seconds,
    business_id: "org_…",
    data: thin,
    client_id: subscription_id,
  };
}

/** What each format is for, in one sentence. */
export const formatNotes: Record<PayloadFormat, { label: string; note: string }> = {
  envelope: {
    label: "Envelope",
    note: "The event with its id, type and time around your data. The one to choose when nothing speaks against it.",
  },
  event: { label: "Event", note: "MYCURE’s shape: id, event and payload. Goes with “exactly 200”." },
  flat: { label: "Flat", note: "careCycle’s shape: the fields of the data, with event_type in front." },
  thin: {
    label: "Thin",
    note: "Eka Care’s shape: ids and the action only, no patient data. Fetch the rest when you need it.",
  },
};
