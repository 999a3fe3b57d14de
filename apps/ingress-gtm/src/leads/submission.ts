import type { LeadSubmittedPayload } from "@carewire/envelope";
import type { LeadConsent, LeadDetails } from "@carewire/service-kit";
import { readMoment } from "./read-moment.ts";

/** What one filled-in form says. */
export interface Submission {
  source: string;
  /** Empty: none was named. */
  campaign: string;
  submittedAt: Date;
  /** Null: the form said nothing of consent. */
  consent: LeadConsent | null;
  details: LeadDetails;
  /** How long filling it in took; null: the form did not say. */
  fillTimeMs: number | null;
}

type Fields = Readonly<Record<string, string>>;

const textCharactersMax = 4_000;

/** Finds what a lead is made of among the fields of a form, under the names that forms commonly give them. */
export function readSubmission({ source, submitted_at, fields }: LeadSubmittedPayload): Submission {
  const submittedAt = new Date(submitted_at);
  return {
    source,
    campaign: first(fields, ["campaign", "campaign_id", "utm_campaign"], 255) ?? "",
    submittedAt,
    consent: readConsent(fields, submittedAt),
    details: {
      email:
        first(fields, ["email", "e_mail", "email_address", "work_email", "mail"], 400)?.toLowerCase() ?? null,
      phone: readPhone(first(fields, ["phone", "phone_number", "telephone", "tel", "mobile"], 64)),
      name: readName(fields),
      message: first(fields, ["message", "comment", "comments", "notes"], textCharactersMax),
      pageUrl: first(fields, ["page_url", "source_url", "url", "referrer"], 2_048),
      fields,
    },
    fillTimeMs: readFillTime(fields, submittedAt),
  };
}

function first(fields: Fields, names: readonly string[], charactersMax: number): string | null {
  const name = names.find((candidate) => (fields[candidate] ?? "") !== "");
  return name === undefined ? null : (fields[name]?.slice(0, charactersMax).toWellFormed() ?? null);
}

function readName(fields: Fields): string | null {
  const parts = [
    first(fields, ["first_name", "name_first"], 127),
    first(fields, ["last_name", "name_last"], 127),
  ];
  const joined = parts.filter((part) => part !== null).join(" ");
  return first(fields, ["name", "full_name"], 255) ?? (joined === "" ? null : joined);
}

/** Digits with a plus in front where the country is given. */
function readPhone(text: string | null): string | null {
  if (text === null) return null;
  const digits = text.replaceAll(/\D/g, "");
  if (digits === "") return null;
  if (text.startsWith("+")) return `+${digits}`;
  return digits.startsWith("00") ? `+${digits.slice(2)}` : digits;
}

const yes = /^(1|true|yes|y|on|given|granted|accepted|agreed?)$/i;
const no = /^(0|false|no|n|off|denied|declined|rejected)?$/i;

/** Only a plain yes is one: for any other text nobody can say what it means. */
function readConsent(fields: Fields, submittedAt: Date): LeadConsent | null {
  const names = ["consent", "consent_given", "marketing_consent", "gdpr_consent", "opt_in"];
  const told = names.map((name) => fields[name]).find((value) => value !== undefined);
  if (told === undefined || (!yes.test(told) && !no.test(told))) return null;
  const at = readMoment(fields.consent_at) ?? submittedAt.getTime();
  return {
    given: yes.test(told),
    text: first(fields, ["consent_text", "consent_wording"], textCharactersMax),
    at: new Date(Math.min(at, submittedAt.getTime())),
  };
}

function readFillTime(fields: Fields, submittedAt: Date): number | null {
  const told = first(fields, ["fill_time_ms", "fill_ms", "elapsed_ms", "time_to_submit_ms"], 16);
  if (told !== null) return /^\d{1,12}$/.test(told) ? Number(told) : null;
  const startedMs = readMoment(
    first(fields, ["started_at", "form_started_at", "rendered_at"], 40) ?? undefined,
  );
  return startedMs === null ? null : submittedAt.getTime() - startedMs;
}
