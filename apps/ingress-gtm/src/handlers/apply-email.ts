import type { ConsumerHandler } from "@carewire/bus";
import { type Clock, type EmailEventPayload, newId } from "@carewire/envelope";
import { mergeEmail, readEmailEvent } from "../emails/email-state.ts";
import { findEmail, lockEmail, saveEmail } from "../emails/email-store.ts";
import { sourceService } from "./source-service.ts";

/** Applies Resend's `email.*` to `emails`; tells each e-mail's delivery, failure, suppression, bounce and complaint. */
export function createApplyEmail({ clock }: { clock: Clock }): ConsumerHandler<EmailEventPayload> {
  return async (tx, { payload }, { organizationId, publish }) => {
    const incoming = readEmailEvent(payload);
    if (incoming === null) return;
    await lockEmail(tx, organizationId, incoming.emailId);
    const { state, news } = mergeEmail(await findEmail(tx, organizationId, incoming.emailId), incoming);
    await saveEmail(tx, organizationId, state);
    await publish(
      news.map(({ type, occurredAt, data }) => ({
        id: newId(clock.now()),
        organizationId,
        type,
        subject: state.emailId,
        sourceService,
        occurredAt,
        body: Buffer.from(JSON.stringify(data)),
      })),
    );
  };
}
