import { z } from "zod";
import { defineTopic } from "./define.ts";
import { storableId } from "./fields.ts";

/**
 * A callback about a payment that was registered. Nobody signs it, so it says which payment to look at and nothing else:
 * what a payment has become is asked of its provider.
 */
export const mobileMoneyHintPayload = z.looseObject({
  payment: z.discriminatedUnion("by", [
    z.object({ by: z.literal("reference"), reference: storableId }),
    z.object({ by: z.literal("external_id"), external_id: storableId }),
    z.object({ by: z.literal("notif_token"), notif_token_sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ]),
  /** What the callback claims; of no consequence. */
  claimed_status: z.string().max(64).nullable(),
});

export type MobileMoneyHintPayload = z.infer<typeof mobileMoneyHintPayload>;

export const orangeMoneyTopic = "cari.payments.orange_money_callback_received";
export const mtnMomoTopic = "cari.payments.mtn_momo_callback_received";

export const mobileMoneyTopics = [
  defineTopic({
    topic: orangeMoneyTopic,
    description: "Orange Money says that a payment may have ended.",
    schema: mobileMoneyHintPayload,
    sample: { payment: { by: "reference", reference: "order_1001" }, claimed_status: "SUCCESS" },
  }),
  defineTopic({
    topic: mtnMomoTopic,
    description: "MTN MoMo says that a payment may have ended.",
    schema: mobileMoneyHintPayload,
    sample: {
      payment: { by: "reference", reference: "8f1e1a52-5a0c-4c7e-9d1f-2b7a6f0c9e11" },
      claimed_status: "SUCCESSFUL",
    },
  }),
] as const;
