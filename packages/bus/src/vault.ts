/** Seals and opens bytes with one organization's data key. Synchronous, so that a batch awaits its keys once. */
export interface DataKey {
  /** Encrypts `bytes`; `aad` names the row and column the result belongs to, and must be given again to open it. */
  seal(aad: string, bytes: Uint8Array): Buffer;
  /** Decrypts what `seal` made. Throws when the blob, the `aad` or the key is not the one it was sealed with. */
  open(aad: string, blob: Uint8Array): Buffer;
}

/** Encryption at rest, as the bus needs it. The service kit's vault implements it. */
export interface Vault {
  /** The organization's data key, created on first use; cached, so awaiting it again costs nothing. */
  dataKey(organizationId: string): Promise<DataKey>;
}

/** The row identity every event payload is sealed under. */
export const payloadAad = (eventId: string): string => `event_payloads:${eventId}`;

/** The row identity of an inbound request's raw body. */
export const inboundBodyAad = (inboundRequestId: string): string => `inbound_requests:${inboundRequestId}`;

/** The row identity of a dead letter's payload. */
export const deadLetterAad = (deadLetterId: string): string => `dead_letters:${deadLetterId}`;

/** The row identity of a payload that was corrected by hand for one retry of a dead letter. */
export const correctionAad = (retryId: string): string => `dead_letter_retries:${retryId}`;

/** What a resource's body is sealed under: one version of one resource. */
export const resourceAad = (resource: {
  organizationId: string;
  kind: string;
  id: string;
  version: number | string;
}): string => `resources:${resource.organizationId}:${resource.kind}:${resource.id}:${resource.version}`;
