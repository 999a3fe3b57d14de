import { correctionAad, deadLetterAad, payloadAad } from "../vault.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";

/** The row identity that a delivery's payload was sealed under. */
export function sealedUnder({ id, eventId, deadLetterId, sealedSource }: ClaimedDelivery): string {
  switch (sealedSource) {
    case "event":
      return payloadAad(eventId);
    case "correction":
      return correctionAad(id);
    case "dead_letter":
      return deadLetterAad(deadLetterId ?? "");
  }
}
