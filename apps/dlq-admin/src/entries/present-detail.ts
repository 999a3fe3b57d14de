import { correctionAad, type Vault } from "@carewire/bus";
import { publicId } from "@carewire/envelope";
import { presentLineage } from "@carewire/service-kit";
import { presentEntry } from "./entry-row.ts";
import { hintFor } from "./hint.ts";
import { openPayload, openSealed, showPayload } from "./open-payload.ts";
import type { AttemptRow, EntryDetail, RequestRow, RetryRow } from "./read-detail.ts";
import { schemaDiff } from "./schema-diff.ts";

const operatorsSight = { accountId: null, internalEvents: true, deadLetters: true };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const presentAttempt = (row: AttemptRow) => ({
  id: publicId("att", row.id),
  delivery_id: publicId("dlv", row.delivery_id),
  n: row.n,
  outcome: row.outcome,
  error: row.error,
  next_step: row.next_step,
  reason: row.reason,
  duration_ms: row.duration_ms,
  started_at: row.started_at.toISOString(),
});

const retryOutcomes = ["resolved", "failed", "cancelled"] as const;

async function presentRetry(vault: Vault, row: RetryRow, revealed: boolean) {
  const bytes =
    row.payload === null
      ? null
      : await openSealed(vault, row.organization_id, correctionAad(row.id), row.payload);
  return {
    requested_by: row.requested_by,
    requested_at: row.created_at.toISOString(),
    corrected_payload: bytes && showPayload(bytes, revealed).text,
    outcome: retryOutcomes.find((outcome) => outcome === row.outcome) ?? ("pending" as const),
    error: row.error,
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}

const presentRequest = (row: RequestRow) => ({
  id: publicId("inr", row.id),
  provider: row.provider,
  reason: row.reason,
  headers: (parsed(row.headers) ?? {}) as Record<string, unknown>,
  received_at: row.received_at.toISOString(),
});

/** A dead letter's detail as it is shown: every payload in it is masked unless it is revealed. */
export async function presentDetail(vault: Vault, detail: EntryDetail, revealed: boolean) {
  const { entry, event, request, lineage } = detail;
  const payload = await openPayload(vault, entry);
  const shown = presentEntry(entry, showPayload(payload, revealed));
  const isOfIngress = entry.source_id !== null;
  return {
    ...shown,
    hint: hintFor(entry.cause, isOfIngress),
    envelope: event && {
      id: shown.event_id ?? event.id,
      topic: event.type,
      timestamp: event.occurred_at.toISOString(),
      source_service: event.source_service,
      payload: parsed(shown.original_payload),
    },
    // A provider's request is not what the topic's schema is about.
    schema_diff: isOfIngress || payload.byteLength === 0 ? null : schemaDiff(entry.topic, payload),
    inbound_request: request && presentRequest(request),
    attempt_history: detail.attempts.map(presentAttempt),
    retry_history: await Promise.all(detail.retries.map((row) => presentRetry(vault, row, revealed))),
    lineage: lineage && presentLineage(lineage, operatorsSight),
  };
}
