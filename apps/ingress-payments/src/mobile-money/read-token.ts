import type { HttpOutcome } from "@carewire/service-kit";
import { z } from "zod";
import type { TokenOutcome } from "./access-tokens.ts";
import { problemOfOutcome } from "./problem-of-outcome.ts";
import { readJson } from "./read-json.ts";

const lifetimeSecondsDefault = 300;
const lifetimeSecondsMax = 86_400;

const answerSchema = z.object({
  // It becomes a header: nothing but visible ASCII, and not more than servers take.
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  expires_in: z.coerce.number().positive().catch(lifetimeSecondsDefault),
});

/** Reads the answer of a token endpoint. Both providers answer a page of HTML with 200 to what they do not like. */
export function readToken(outcome: HttpOutcome): TokenOutcome {
  if (outcome.kind !== "answer") return { ok: false, problem: problemOfOutcome(outcome) };
  const { status } = outcome;
  if (status === 400 || status === 401 || status === 403)
    return { ok: false, problem: "credentials_refused" };
  if (status < 200 || status > 299) return { ok: false, problem: problemOfOutcome(outcome) };
  const answer = answerSchema.safeParse(readJson(outcome.body));
  if (!answer.success) return { ok: false, problem: "answer_unreadable" };
  const lifetimeMs = Math.min(answer.data.expires_in, lifetimeSecondsMax) * 1_000;
  return { ok: true, token: answer.data.access_token, lifetimeMs };
}

/** RFC 7617. */
export const basicAuthorization = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
