import type { HttpOutcome } from "@carewire/service-kit";
import type { AccessTokens } from "./access-tokens.ts";
import type { LookProblem } from "./status-reading.ts";

/** An outcome, or why there was no token to ask with. */
export type Asked = { ok: true; outcome: HttpOutcome } | { ok: false; problem: LookProblem };

/** Sends with a token; once more with a newer one when the provider refuses it before its time. */
export async function askWithToken(
  tokens: AccessTokens,
  send: (token: string) => Promise<HttpOutcome>,
): Promise<Asked> {
  const first = await tokens.get();
  if (!first.ok) return first;
  const outcome = await send(first.token);
  if (outcome.kind !== "answer" || outcome.status !== 401) return { ok: true, outcome };
  const second = await tokens.renew(first.token);
  return second.ok ? { ok: true, outcome: await send(second.token) } : second;
}
