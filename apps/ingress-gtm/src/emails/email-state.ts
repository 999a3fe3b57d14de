import type { EmailEventPayload } from "@carewire/envelope";

const momentNames = [
  "scheduled",
  "sent",
  "delayed",
  "delivered",
  "opened",
  "clicked",
  "failed",
  "suppressed",
  "bounced",
  "complained",
] as const;

/** What can happen to an e-mail. */
export type EmailMoment = (typeof momentNames)[number];

export type EmailStatus = Exclude<EmailMoment, "opened" | "clicked">;

/** What is known of one e-mail: when each thing happened first, by Resend's clock. */
export interface EmailState {
  emailId: string;
  moments: Readonly<Partial<Record<EmailMoment, Date>>>;
  /** Of the first bounce. */
  bounce: { type: string | null; subtype: string | null } | null;
}

/** An event for subscribers, decided together with the state change it tells about. */
export interface EmailNews {
  type: "email.delivered" | "email.bounced" | "email.complained" | "email.failed" | "email.suppressed";
  occurredAt: Date;
  data: Record<string, unknown>;
}

const told: readonly Exclude<EmailStatus, "scheduled" | "sent" | "delayed">[] = [
  "delivered",
  "failed",
  "suppressed",
  "bounced",
  "complained",
];

/** What one event says; null for a type that says nothing of an e-mail's fate. */
export function readEmailEvent({ type, created_at, data }: EmailEventPayload): EmailState | null {
  const moment = momentOf(type);
  if (moment === null) return null;
  return {
    emailId: data.email_id,
    moments: { [moment]: new Date(created_at) },
    bounce: moment === "bounced" ? readBounce(data.bounce) : null,
  };
}

function momentOf(type: string): EmailMoment | null {
  if (type === "email.delivery_delayed") return "delayed";
  return momentNames.find((name) => type === `email.${name}`) ?? null;
}

function readBounce(bounce: unknown): EmailState["bounce"] {
  const { type, subType } = typeof bounce === "object" && bounce !== null ? (bounce as BounceFields) : {};
  return { type: wordOf(type), subtype: wordOf(subType) };
}

interface BounceFields {
  type?: unknown;
  subType?: unknown;
}

/** Resend's names are single words; anything else might name a person. */
const wordOf = (value: unknown): string | null =>
  typeof value === "string" && /^[A-Za-z_-]{1,64}$/.test(value) ? value : null;

/**
 * What is known once an event is added, and what to tell subscribers: each kind of end once. Everything is the earliest
 * of its kind, so any order and any number of repeats end in the same state.
 */
export function mergeEmail(
  current: EmailState | null,
  incoming: EmailState,
): { state: EmailState; news: EmailNews[] } {
  const state = current === null ? incoming : joinStates(current, incoming);
  const news = told.filter((name) => incoming.moments[name] && !current?.moments[name]);
  return { state, news: news.map((name) => toNews(name, incoming)) };
}

function joinStates(a: EmailState, b: EmailState): EmailState {
  const moments = Object.fromEntries(
    momentNames.flatMap((name) => {
      const first = earlier(a.moments[name], b.moments[name]);
      return first ? [[name, first]] : [];
    }),
  );
  return { emailId: a.emailId, moments, bounce: bounceOrder(a) <= bounceOrder(b) ? a.bounce : b.bounce };
}

const earlier = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a && b ? (a <= b ? a : b) : (a ?? b);

/** Sorts by time and then by text, so that two bounces of one moment have one winner too. */
const bounceOrder = ({ moments, bounce }: EmailState): string =>
  moments.bounced
    ? `${String(moments.bounced.getTime()).padStart(15, "0")} ${bounce?.type} ${bounce?.subtype}`
    : "never";

function toNews(name: (typeof told)[number], { emailId, moments, bounce }: EmailState): EmailNews {
  const occurredAt = moments[name];
  if (!occurredAt) throw new Error("an e-mail's news has no moment");
  const detail = name === "bounced" ? { bounce_type: bounce?.type, bounce_subtype: bounce?.subtype } : {};
  return { type: `email.${name}`, occurredAt, data: { email_id: emailId, ...detail } };
}

/** From the least final to the most; who opened an e-mail has it. */
const statusOrder: readonly EmailStatus[] = [
  "scheduled",
  "sent",
  "delayed",
  "delivered",
  "failed",
  "suppressed",
  "bounced",
  "complained",
];

/** The most final thing that happened, whatever was heard of last. */
export function statusOf({ moments }: EmailState): EmailStatus {
  const happened = { ...moments, delivered: moments.delivered ?? moments.opened ?? moments.clicked };
  const status = statusOrder.findLast((name) => happened[name] !== undefined);
  if (!status) throw new Error("an e-mail without a single moment has no status");
  return status;
}
