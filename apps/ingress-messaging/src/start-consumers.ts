import { type Consumption, consume } from "@carewire/bus";
import type { SharedConsumeOptions } from "@carewire/service-kit";
import { createApplyStatus } from "./handlers/apply-status.ts";
import { createKeepMessage } from "./handlers/keep-message.ts";
import { messageItemSchema, statusItemSchema } from "./providers/whatsapp/item-schemas.ts";
import { messageTopic, statusTopic } from "./providers/whatsapp/whatsapp-topics.ts";

/** Starts this family's consumers; each runs until its `stop`. */
export function startConsumers(shared: SharedConsumeOptions): Consumption[] {
  return [
    consume({
      ...shared,
      topics: [messageTopic],
      schemas: new Map([[messageTopic, messageItemSchema]]),
      consumer: "ingress-messaging.keep-message",
      handler: createKeepMessage(shared),
    }),
    consume({
      ...shared,
      topics: [statusTopic],
      schemas: new Map([[statusTopic, statusItemSchema]]),
      consumer: "ingress-messaging.apply-status",
      handler: createApplyStatus(shared),
    }),
  ];
}
