import { payloadAad, type Vault } from "@carewire/bus";
import { VaultError } from "@carewire/service-kit";

/** An event's payload as a filter sees it. `sealed`: it cannot be opened just now. */
export type ReadPayload = { kind: "json"; value: unknown } | { kind: "unreadable" } | { kind: "sealed" };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Opens and parses a payload. One that was erased, or is no JSON in UTF-8, is `unreadable` for good. Throws when the
 * database is away.
 */
export async function readPayload(
  vault: Vault,
  event: { id: string; organizationId: string; sealedBody: Buffer | null },
  onError: (error: unknown) => void,
): Promise<ReadPayload> {
  if (!event.sealedBody) return { kind: "unreadable" };
  try {
    const dataKey = await vault.dataKey(event.organizationId);
    return parseJson(dataKey.open(payloadAad(event.id), event.sealedBody));
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    onError(error);
    return { kind: "sealed" };
  }
}

function parseJson(bytes: Uint8Array): ReadPayload {
  try {
    return { kind: "json", value: JSON.parse(utf8.decode(bytes)) };
  } catch {
    return { kind: "unreadable" };
  }
}
