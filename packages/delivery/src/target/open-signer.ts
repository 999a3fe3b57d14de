import type { DataKey } from "@carewire/bus";
import { parseSigner, type Signer } from "@carewire/verifiers";
import type { SubscriptionRow } from "../store/load-subscriptions.ts";

/** What signs a subscription's deliveries, with the secrets in force when it was read. Throws when they do not fit. */
export function openSigner(
  row: Pick<SubscriptionRow, "id" | "signature_scheme" | "secrets" | "secret_ids">,
  dataKey: DataKey,
): Signer {
  const texts = row.secrets.map((sealed, i) =>
    dataKey.open(`subscription_secrets:${row.secret_ids[i]}`, sealed).toString(),
  );
  const parsed = parseSigner(row.signature_scheme, texts);
  if (!parsed.ok) throw new Error(`subscription ${row.id} cannot be signed for: ${parsed.detail}`);
  return parsed.signer;
}
