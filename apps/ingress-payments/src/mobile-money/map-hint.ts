import { hash } from "node:crypto";
import type { MobileMoneyHintPayload } from "@carewire/envelope";
import type { MappedRequest } from "@carewire/service-kit/ingress";

/** The providers wait 2 s for an answer; what they are told after that may as well not have been said. */
export const hintAnswerMs = 1_500;

const hourMs = 3_600_000;

export interface Hint {
  topic: string;
  payment: MobileMoneyHintPayload["payment"];
  /** One of the provider's words, or null: nobody makes more events of a payment in an hour than there are words. */
  claimedStatus: string | null;
  nowMs: number;
}

/**
 * Maps a callback to the one event it is: which payment to look at. Repeats of the same claim in the same hour are the same
 * event; a later one is another, since the payment may have been given up in between.
 */
export function mapHint({ topic, payment, claimedStatus, nowMs }: Hint): MappedRequest {
  const externalId = nameOf(payment);
  const content: MobileMoneyHintPayload = { payment, claimed_status: claimedStatus };
  const payload = Buffer.from(JSON.stringify(content));
  const key = `${externalId}:${claimedStatus ?? "other"}:${Math.floor(nowMs / hourMs)}`;
  return { ok: true, externalId, envelopes: [{ topic, key, occurredAt: new Date(nowMs), payload }] };
}

function nameOf(payment: MobileMoneyHintPayload["payment"]): string {
  switch (payment.by) {
    case "reference":
      return payment.reference;
    case "external_id":
      return payment.external_id;
    case "notif_token":
      return `notif_token:${payment.notif_token_sha256}`;
  }
}

/** SHA-256 of a notification token: all that is kept of it. */
export const hashNotifToken = (token: string): Buffer => hash("sha256", token, "buffer");
