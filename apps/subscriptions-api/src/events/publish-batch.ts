import { apiContract, type PublishedEvent, publishEventSchema, type RefusedEvent } from "@carewire/contracts";
import {
  type Principal,
  type ProblemDetails,
  principalOf,
  rawBodyOf,
  readTraceparent,
  type WorkLimit,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { rawItems, rawMember } from "../json/raw-json.ts";
import type { ApiLimits } from "../limits.ts";
import { conflictDetail } from "./conflict-detail.ts";
import { notConfirmed } from "./not-confirmed.ts";
import { type IncomingEvent, type Preparation, type PrepareDeps, prepareEvents } from "./prepare-events.ts";
import { presentPublished } from "./present-published.ts";
import { problemItems } from "./problem-items.ts";
import { type StoreDeps, type StoredEvent, storeEvents } from "./store-events.ts";

type BatchDeps = PrepareDeps &
  StoreDeps & {
    limits: Pick<ApiLimits, "eventBytesMax">;
    publishing: WorkLimit;
  };

interface BatchItem {
  value: unknown;
  raw: Buffer;
  fallbackKey: string | null;
  traceparent: string | null;
}

type ItemRefusal = {
  ok: false;
  code: "payload_too_large" | "unknown_field" | "validation_failed";
  details: ProblemDetails;
};
type ItemPreparation = Preparation | ItemRefusal;

/** One item on its own, as far as the contract goes. */
function readItem(
  { value, raw, ...context }: BatchItem,
  eventBytesMax: number,
): { ok: true; event: IncomingEvent } | ItemRefusal {
  if (raw.byteLength > eventBytesMax) {
    const detail = `One event may have ${eventBytesMax} bytes at most.`;
    return { ok: false, code: "payload_too_large", details: { detail } };
  }
  const parsed = publishEventSchema.safeParse(value);
  if (parsed.success) return { ok: true, event: { body: parsed.data, raw, ...context } };
  const errors = problemItems(parsed.error, []);
  const onlyUnknown = errors.every((error) => error.code === "unknown_field");
  const code = onlyUnknown ? "unknown_field" : "validation_failed";
  return { ok: false, code, details: { detail: "Check this event's fields.", errors } };
}

async function prepareItems(
  deps: BatchDeps,
  principal: Principal,
  items: BatchItem[],
): Promise<ItemPreparation[]> {
  const read = items.map((item) => readItem(item, deps.limits.eventBytesMax));
  const events = read.flatMap((item) => (item.ok ? [item.event] : []));
  const prepared = (await prepareEvents(deps, principal, events))[Symbol.iterator]();
  return read.map((item) => (item.ok ? (prepared.next().value as Preparation) : item));
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
export function createPublishBatch(deps: BatchDeps) {
  return initServer().route(apiContract.events.publishBatch, async ({ body, headers, req, res }) => {
    const principal = principalOf(res);
    const headerKey = headers["idempotency-key"];
    const raws = rawItems(rawMember(rawBodyOf(res), "events") ?? Buffer.from("[]"));
    const traceparent = readTraceparent(req.headers.traceparent);
    const items = body.events.map((value, i) => {
      const fallbackKey = headerKey === undefined ? null : `batch:${headerKey}:${i}`;
      return { value, raw: raws[i] ?? Buffer.alloc(0), fallbackKey, traceparent };
    });
    const { prepared, outcome } = await deps.publishing(async () => {
      const prepared = await prepareItems(deps, principal, items);
      const events = prepared.flatMap((item) => (item.ok ? [item.event] : []));
      return { prepared, outcome: await storeEvents(deps, principal, events) };
    });
    if (outcome.status === "not_confirmed") return notConfirmed(res);
    const stored = outcome.events[Symbol.iterator]();
    const data = prepared.map((item) => presentItem(item, item.ok ? stored.next().value : undefined));
    return { status: 202, body: { data } };
  });
}
