import { type PackedBytes, packBytes, plainArray, textArray } from "./array-literal.ts";
import type { InboundRecord, Submission } from "./submission.ts";
import { inboundBodyAad, type Vault } from "./vault.ts";

export interface RequestColumns {
  ids: string;
  organizationIds: string;
  sourceIds: string;
  externalIds: string;
  headers: string;
  hashes: PackedBytes;
  bodyBytes: string;
  bodies: PackedBytes;
}

/** A submission that came from a provider, with the decision whether its raw body is kept beside it. */
export interface KeptRequest {
  organizationId: string;
  inbound: InboundRecord;
  keepsBody: boolean;
}

/** False when an event of the submission carries the very same bytes (the same reference, not a copy). */
export const needsOwnBody = (submission: Submission): boolean =>
  !submission.events.some((event) => event.draft.body === submission.inbound?.body);

/** Seals the bodies to keep and transposes the requests into columns. */
export async function toRequestColumns(vault: Vault, requests: KeptRequest[]): Promise<RequestColumns> {
  const bodies: (Buffer | null)[] = [];
  for (const { organizationId, inbound, keepsBody } of requests) {
    if (!keepsBody) bodies.push(null);
    else bodies.push((await vault.dataKey(organizationId)).seal(inboundBodyAad(inbound.id), inbound.body));
  }
  return {
    ids: plainArray(requests.map(({ inbound }) => inbound.id)),
    organizationIds: plainArray(requests.map(({ organizationId }) => organizationId)),
    sourceIds: plainArray(requests.map(({ inbound }) => inbound.sourceId)),
    externalIds: textArray(requests.map(({ inbound }) => inbound.externalId)),
    headers: textArray(requests.map(({ inbound }) => JSON.stringify(inbound.headers))),
    hashes: packBytes(requests.map(({ inbound }) => inbound.bodyHash)),
    bodyBytes: plainArray(requests.map(({ inbound }) => inbound.body.byteLength)),
    bodies: packBytes(bodies),
  };
}
