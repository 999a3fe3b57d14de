import type { EventDraft } from "./event-draft.ts";
import { payloadAad, type Vault } from "./vault.ts";

/** Drafts turned into one array per column, payloads sealed: what `unnest` wants. */
export interface EventColumns {
  ids: string[];
  organizationIds: string[];
  accountIds: (string | null)[];
  types: string[];
  externalIds: (string | null)[];
  subjects: (string | null)[];
  sourceServices: string[];
  occurredAts: string[];
  inboundRequestIds: (string | null)[];
  causes: (string | null)[];
  traceparents: (string | null)[];
  bodyBytes: number[];
  bodies: Buffer[];
}

/** Seals every payload under its own row identity and transposes the drafts into columns. */
export async function toColumns(vault: Vault, drafts: EventDraft[]): Promise<EventColumns> {
  const columns: EventColumns = {
    ids: [],
    organizationIds: [],
    accountIds: [],
    types: [],
    externalIds: [],
    subjects: [],
    sourceServices: [],
    occurredAts: [],
    inboundRequestIds: [],
    causes: [],
    traceparents: [],
    bodyBytes: [],
    bodies: [],
  };
  for (const draft of drafts) {
    const dataKey = await vault.dataKey(draft.organizationId);
    columns.ids.push(draft.id);
    columns.organizationIds.push(draft.organizationId);
    columns.accountIds.push(draft.accountId ?? null);
    columns.types.push(draft.type);
    columns.externalIds.push(draft.externalId ?? null);
    columns.subjects.push(draft.subject ?? null);
    columns.sourceServices.push(draft.sourceService);
    columns.occurredAts.push(draft.occurredAt.toISOString());
    columns.inboundRequestIds.push(draft.inboundRequestId ?? null);
    columns.causes.push(draft.causedBy ?? null);
    columns.traceparents.push(draft.traceparent ?? null);
    columns.bodyBytes.push(draft.body.byteLength);
    columns.bodies.push(dataKey.seal(payloadAad(draft.id), draft.body));
  }
  return columns;
}
