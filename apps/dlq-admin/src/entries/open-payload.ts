import { deadLetterAad, type Vault } from "@carewire/bus";
import { maskPayload } from "../masking/mask-payload.ts";
import type { EntryRow, ShownPayload } from "./entry-row.ts";

const empty = Buffer.alloc(0);

/** What a dead letter keeps of its payload. Empty when it is gone, never opened, or does not open (any more). */
export async function openPayload(vault: Vault, row: EntryRow): Promise<Buffer> {
  if (row.original_payload === null) return empty;
  return openSealed(vault, row.organization_id, deadLetterAad(row.id), row.original_payload);
}

/** Sealed bytes in the clear, or nothing when they do not open. Throws when the keys cannot be had. */
export async function openSealed(
  vault: Vault,
  organizationId: string,
  aad: string,
  sealed: Uint8Array,
): Promise<Buffer> {
  const dataKey = await vault.dataKey(organizationId);
  try {
    return dataKey.open(aad, sealed);
  } catch {
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
