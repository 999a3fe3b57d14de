import { type PackedBytes, packBytes, plainArray, textArray } from "./array-literal.ts";
import type { EventDraft } from "./event-draft.ts";
import { payloadAad, type Vault } from "./vault.ts";

/**
 * Drafts turned into one array literal per column, payloads sealed and packed: what `unnest` wants. Each belongs into a
 * select list (`select unnest(a) a, unnest(b) b`): as functions of one `from`, all lists are put together before the first
 * row is read, which costs a third more.
 */
export interface EventColumns {
  ids: string;
  organizationIds: string;
  accountIds: string;
  types: string;
  externalIds: string;
  subjects: string;
  sourceServices: string;
  /** Unix milliseconds. */
  occurredAts: string;
  inboundRequestIds: string;
  causes: string;
  traceparents: string;
  bodyBytes: string;
  bodies: PackedBytes;
}

/** Seals every payload under its own row identity and transposes the drafts into columns. */
export async function toColumns(vault: Vault, drafts: EventDraft[]): Promise<EventColumns> {
  return {
    ids: plainArray(drafts.map((draft) => draft.id)),
    organizationIds: plainArray(drafts.map((draft) => draft.organizationId)),
    accountIds: plainArray(drafts.map((draft) => draft.accountId)),
    types: textArray(drafts.map((draft) => draft.type)),
    externalIds: textArray(drafts.map((draft) => draft.externalId)),
    subjects: textArray(drafts.map((draft) => draft.subject)),
    sourceServices: textArray(drafts.map((draft) => draft.sourceService)),
    occurredAts: plainArray(drafts.map((draft) => draft.occurredAt.getTime())),
    inboundRequestIds: plainArray(drafts.map((draft) => draft.inboundRequestId)),
    causes: plainArray(drafts.map((draft) => draft.causedBy)),
    traceparents: textArray(drafts.map((draft) => draft.traceparent)),
    bodyBytes: plainArray(drafts.map((draft) => draft.body.byteLength)),
    bodies: packBytes(await sealPayloads(vault, drafts)),
  };
}

async function sealPayloads(vault: Vault, drafts: EventDraft[]): Promise<Buffer[]> {
  const sealed: Buffer[] = [];
  for (const draft of drafts) {
    const dataKey = await vault.dataKey(draft.organizationId);
    sealed.push(dataKey.seal(payloadAad(draft.id), draft.body));
  }
  return sealed;
}
