import { deadLetterAad, type Vault } from "@carewire/bus";
import { isLostInfrastructure } from "@carewire/service-kit";
import { maskPayload } from "../masking/mask-payload.ts";
import type { EntryRow, ShownPayload } from "./entry-row.ts";

const empty = Buffer.alloc(0);

/** What a dead letter keeps of its payload. Empty when it is gone, never opened, or does not open (any more). */
export async function openPayload(vault: Vault, row: EntryRow): Promise<Buffer> {
  if (row.original_payload === null) return empty;
  return openSealed(vault, row.organization_id, deadLetterAad(row.id), row.original_payload);
}

/** Sealed bytes in the clear, or nothing when they, or the organization's keys, do not open. Throws when the database is away. */
export async function openSealed(
  vault: Vault,
  organizationId: string,
  aad: string,
  sealed: Uint8Array,
): Promise<Buffer> {
  try {
    return (await vault.dataKey(organizationId)).open(aad, sealed);
  } catch (error) {
    if (isLostInfrastructure(error)) throw error;
    return empty;
  }
}

/** A payload's bytes as text, masked unless they are revealed. */
export const showPayload = (bytes: Buffer, revealed: boolean): ShownPayload =>
  revealed ? { text: bytes.toString("utf8"), masked: false } : { text: maskPayload(bytes), masked: true };

/** A list's payload: what is too large for a list is only named. */
export async function showListedPayload(
  vault: Vault,
  row: EntryRow,
  revealed: boolean,
): Promise<ShownPayload> {
  if (row.payload_is_too_large) return { text: "[too large for a list; read the entry]", masked: true };
  return showPayload(await openPayload(vault, row), revealed);
}
