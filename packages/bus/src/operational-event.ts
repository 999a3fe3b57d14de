import { newId, type OperationalPayloads, type OperationalType, publicId } from "@carewire/envelope";
import type { EventDraft } from "./event-draft.ts";

/** One thing the platform tells an organization about a subscription of its own. */
export interface OperationalNotice<Type extends OperationalType> {
  type: Type;
  organizationId: string;
  /** The subscription's account: one account's endpoints are nobody else's business. */
  accountId: string | null;
  /** The subscription's uuid. */
  subscriptionId: string;
  /** Everything else the type's schema names; see `operationalEventTypes`. */
  payload: Omit<OperationalPayloads[Type], "subscription_id">;
  /** The service that noticed. */
  sourceService: string;
  /** Unix milliseconds from a trusted clock. */
  nowMs: number;
}

/**
 * Drafts an operational event, with the subscription as its subject. Publish it with `Publisher.publish` inside the
 * transaction of the change it tells of, so that neither exists without the other.
 */
export function operationalEvent<Type extends OperationalType>(notice: OperationalNotice<Type>): EventDraft {
  const subject = publicId("sub", notice.subscriptionId);
  return {
    id: newId(notice.nowMs),
    organizationId: notice.organizationId,
    accountId: notice.accountId,
    type: notice.type,
    subject,
    sourceService: notice.sourceService,
    occurredAt: new Date(notice.nowMs),
    body: Buffer.from(JSON.stringify({ subscription_id: subject, ...notice.payload })),
  };
}

/** An endpoint's address as operational events show it: without path, query and user, which may be secrets. */
export const urlOrigin = (url: string): string => {
  const { origin, protocol } = new URL(url);
  return origin === "null" ? protocol : origin;
};
