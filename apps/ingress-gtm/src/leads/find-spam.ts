import { isDisposableDomain } from "./disposable-domains.ts";
import type { Submission } from "./submission.ts";

/** What tells programs from people. */
export interface SpamRules {
  /** Names of fields that people do not see. */
  honeypots: readonly string[];
  fillTimeMinMs: number;
}

/** Why a submission is held back. */
export type QuarantineReason = "honeypot" | "too_fast" | "no_contact" | "invalid_email" | "disposable_email";

const emailPattern =
  /^[^\s@<>()",;:\\[\]]{1,64}@[a-z0-9\u0080-\u{10ffff}](?:[a-z0-9\u0080-\u{10ffff}.-]{0,251})\.[a-z0-9\u0080-\u{10ffff}-]{2,63}$/u;

/** Why a submission is held back for somebody to look at, or null. Whoever sent it is answered the same either way. */
export function findSpam(submission: Submission, rules: SpamRules): QuarantineReason | null {
  const { details, fillTimeMs } = submission;
  if (rules.honeypots.some((name) => (details.fields[plain(name)] ?? "") !== "")) return "honeypot";
  if (fillTimeMs !== null && fillTimeMs < rules.fillTimeMinMs) return "too_fast";
  if (details.email === null && details.phone === null) return "no_contact";
  if (details.email === null) return null;
  if (!emailPattern.test(details.email)) return "invalid_email";
  return isDisposableDomain(details.email.slice(details.email.lastIndexOf("@") + 1))
    ? "disposable_email"
    : null;
}

/** Field names arrive in lower case and without underscores around them. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "");
