import type { EventPayloads } from "../events/event-payloads.generated.ts";
import type { PayloadFormat } from "../events/webhook-event.ts";
import type { TestEvent } from "./build-event.ts";
import { eventSamples } from "./event-samples.generated.ts";

/** Who sends to whom; shows in the formats `envelope` and `thin`. */
export interface Parties {
  subscriptionId: string;
  organizationId: string;
}

/** The parties of messages that are not told whose they are. */
export const testParties: Parties = {
  subscriptionId: "sub_01kjng0000e008000000000003",
  organizationId: "org_01kjng0000e008000000000002",
};

/** The body that Carewire sends for an event; docs/payload-formats.md has an example of each format. */
export function buildBody(event: TestEvent, format: PayloadFormat, parties: Parties = testParties): string {
  const { id, type, createdAt, data } = event;
  switch (format) {
    case "envelope": {
      const metadata = { api_version: "1.0", webhook_subscription_id: parties.subscriptionId };
      return JSON.stringify({ id, type, created_at: createdAt.toISOString(), data, metadata });
    }
    case "event":
      return JSON.stringify({ id, event: type, payload: data });
    case "flat":
      return JSON.stringify(flatten(type, data));
    case "thin":
      return JSON.stringify(thinEnvelope(event, parties));
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What cannot be flattened, or says another `event_type`, goes under `data`. */
function flatten(type: string, data: unknown): object {
  if (!isObject(data)) return { event_type: type, data };
  if (!Object.hasOwn(data, "event_type")) return { event_type: type, ...data };
  return data.event_type === type ? data : { event_type: type, data };
}

function thinEnvelope({ id, type, createdAt, data }: TestEvent, parties: Parties): object {
  const seconds = Math.floor(createdAt.getTime() / 1_000);
  return {
    service: type.split(".", 1)[0],
    event: type,
    event_time: seconds,
    transaction_id: id,
    timestamp: seconds,
    business_id: parties.organizationId,
    data: thinData(type, data),
    client_id: parties.subscriptionId,
  };
}

/** The ids among the payload's fields, and what was done. */
function thinData(type: string, data: unknown): object {
  const known = Object.hasOwn(eventSamples, type) ? eventSamples[type as keyof EventPayloads].thin : null;
  const fields = isObject(data) ? data : {};
  const names =
    known?.ids ?? Object.keys(fields).filter((name) => /^(?:id|[A-Za-z0-9_-]{1,60}_id)$/.test(name));
  const ids = names.filter((name) => isId(fields[name])).map((name) => [name, fields[name]]);
  return { ...Object.fromEntries(ids), action: known?.action ?? type.slice(type.lastIndexOf(".") + 1) };
}

const isId = (value: unknown): boolean =>
  typeof value === "number"
    ? Number.isSafeInteger(value)
    : typeof value === "string" && /^[^\s@]{1,255}$/.test(value);
