import type { ConsumerHandler } from "@carewire/bus";
import { type Clock, type MobileMoneyHintPayload, orangeMoneyTopic } from "@carewire/envelope";
import { noteHint } from "../mobile-money/payment-store.ts";

/** Has the payment that a callback names looked at. What the callback claims changes nothing. */
export function createTakeHint({ clock }: { clock: Clock }): ConsumerHandler<MobileMoneyHintPayload> {
  return async (tx, { topic, payload }, { organizationId, eventId }) => {
    const provider = topic === orangeMoneyTopic ? "orange-money" : "mtn-momo";
    const now = new Date(clock.now());
    await noteHint(tx, organizationId, provider, payload.payment, { eventId, now });
  };
}
