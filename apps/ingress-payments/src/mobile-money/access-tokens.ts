import type { Clock } from "@carewire/envelope";
import { createSingleFlight } from "@carewire/service-kit";
import type { LookProblem } from "./status-reading.ts";

/** A token, or why there is none. */
export type TokenOutcome =
  | { ok: true; token: string; lifetimeMs: number }
  | { ok: false; problem: LookProblem };

export interface AccessTokens {
  /** The token in use while it lasts, else a new one. Never rejects. */
  get(): Promise<TokenOutcome>;
  /** `refused` is not taken any more: a newer one, fetched unless somebody has done so meanwhile. Never rejects. */
  renew(refused: string): Promise<TokenOutcome>;
}

/** A token is not used in the last tenth of its life, nor in its last minute. */
const slackMsMax = 60_000;
const slackRatio = 0.1;

/** Keeps a provider's token in memory, and nowhere else; however many looks wait for one, it is fetched once. */
export function createAccessTokens(deps: {
  fetchToken(): Promise<TokenOutcome>;
  clock: Clock;
}): AccessTokens {
  const { fetchToken, clock } = deps;
  const share = createSingleFlight<TokenOutcome>();
  let current: { found: TokenOutcome & { ok: true }; untilMs: number } | null = null;

  const cached = () => (current !== null && clock.now() < current.untilMs ? current.found : null);

  const fetch = () =>
    share("token", async () => {
      const found = await fetchToken();
      if (found.ok) {
        const slackMs = Math.min(slackMsMax, found.lifetimeMs * slackRatio);
        current = { found, untilMs: clock.now() + found.lifetimeMs - slackMs };
      }
      return found;
    });

  return {
    async get() {
      return cached() ?? fetch();
    },
    async renew(refused) {
      const known = cached();
      if (known !== null && known.token !== refused) return known;
      current = null;
      return fetch();
    },
  };
}
