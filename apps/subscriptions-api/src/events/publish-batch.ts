import {
  apiContract,
  eventBytesMax,
  type PublishedEvent,
  publishEventSchema,
  type RefusedEvent,
} from "@carewire/contracts";
import { type Principal, type ProblemDetails, principalOf, rawBodyOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { rawItems, rawMember } from "../json/raw-json.ts";
import { conflictDetail } from "./conflict-detail.ts";
import { notConfirmed } from "./not-confirmed.ts";
import { type Preparation, type PrepareDeps, prepareEvent } from "./prepare-event.ts";
import { presentPublished } from "./present-published.ts";
import { problemItems } from "./problem-items.ts";
import { type StoreDeps, type StoredEvent, storeEvents } from "./store-events.ts";

interface BatchItem {
  value: unknown;
  raw: Buffer;
  fallbackKey: string | null;
}

type ItemPreparation =
  | Preparation
  | { ok: false; code: "payload_too_large" | "unknown_field"; details: ProblemDetails };

async function prepareItem(
  deps: PrepareDeps,
  principal: Principal,
  item: BatchItem,
): Promise<ItemPreparation> {
  if (item.raw.byteLength > eventBytesMax) {
    const detail = `One event may have ${eventBytesMax} bytes at most.`;
    return { ok: false, code: "payload_too_large", details: { detail } };
  }
  const parsed = publishEventSchema.safeParse(item.value);
  const rawData = parsed.success ? rawMember(item.raw, "data") : null;
  if (!parsed.success || rawData === null) {
    const errors = parsed.success ? [] : problemItems(parsed.error, []);
    const code = errors.every((error) => error.code === "unknown_field")
      ? "unknown_field"
      : "validation_failed";
    return { ok: false, code, details: { detail: "Check this event's fields.", errors } };
  }
  return prepareEvent(deps, principal, { body: parsed.data, rawData, fallbackKey: item.fallbackKey });
}

const refused = (code: string, { detail, errors }: ProblemDetails): RefusedEvent => ({
  error: { code, detail, ...(errors === undefined ? {} : { errors }) },
});

function presentItem(
  prepared: ItemPreparation,
  stored: StoredEvent | undefined,
): PublishedEvent | RefusedEvent {
  if (!prepared.ok) return refused(prepared.code, prepared.details);
  if (stored === undefined || stored.status === "conflict") {
    return refused("idempotency_conflict", { detail: conflictDetail });
  }
  return presentPublished(stored);
}

/** `POST /v1/events/batch`: each event on its own merits, all that are taken in one commit. */
export function createPublishBatch(deps: PrepareDeps & StoreDeps) {
  return initServer().route(apiContract.events.publishBatch, async ({ body, headers, res }) => {
    const principal = principalOf(res);
    const headerKey = headers["idempotency-key"];
    const raws = rawItems(rawMember(rawBodyOf(res), "events") ?? Buffer.from("[]"));
    const prepared = await Promise.all(
      body.events.map((value, i) => {
        const fallbackKey = headerKey === undefined ? null : `batch:${headerKey}:${i}`;
        return prepareItem(deps, principal, { value, raw: raws[i] ?? Buffer.alloc(0), fallbackKey });
      }),
    );
    const events = prepared.flatMap((item) => (item.ok ? [item.event] : []));
    const outcome = await storeEvents(deps, principal, events);
    if (outcome.status === "not_confirmed") return notConfirmed(res);
    const stored = outcome.events[Symbol.iterator]();
    const data = prepared.map((item) => presentItem(item, item.ok ? stored.next().value : undefined));
    return { status: 202, body: { data } };
  });
}
