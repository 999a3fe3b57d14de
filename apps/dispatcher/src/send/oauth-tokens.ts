import type { SendOutcome } from "@carewire/delivery";
import { createBoundedMap, createSingleFlight } from "@carewire/service-kit";
import type { Oauth2Client } from "./endpoint-auth.ts";

/** A token, or why there is none. */
export type TokenOutcome =
  | { kind: "token"; token: string; lifetimeMs: number }
  | Extract<SendOutcome, { kind: "auth_failed" | "proxy_failed" }>;

export interface OauthTokens {
  /** The cached token while it lasts, else a new one. Never rejects. */
  get(client: Oauth2Client): Promise<TokenOutcome>;
  /** The endpoint refused `refused`: a newer token, fetched unless somebody has done so meanwhile. Never rejects. */
  renew(client: Oauth2Client, refused: string): Promise<TokenOutcome>;
}

/** A token is not used in the last tenth of its life, nor in its last minute. */
const slackMsMax = 60_000;
const slackRatio = 0.1;

/** Keeps tokens in memory, one per version of a subscription; however many deliveries wait for one, it is fetched once. */
export function createOauthTokens(deps: {
  fetchToken(client: Oauth2Client): Promise<TokenOutcome>;
  clock: { now(): number };
  tokensMax: number;
}): OauthTokens {
  const { fetchToken, clock, tokensMax } = deps;
  const cache = createBoundedMap<string, { found: TokenOutcome & { kind: "token" }; untilMs: number }>(
    tokensMax,
  );
  const share = createSingleFlight<TokenOutcome>();

  const cached = (client: Oauth2Client) => {
    const entry = cache.get(client.id);
    return entry !== undefined && clock.now() < entry.untilMs ? entry.found : null;
  };

  const fetch = (client: Oauth2Client) =>
    share(client.id, async () => {
      const found = await fetchToken(client);
      if (found.kind === "token") {
        const slackMs = Math.min(slackMsMax, found.lifetimeMs * slackRatio);
        cache.set(client.id, { found, untilMs: clock.now() + found.lifetimeMs - slackMs });
      }
      return found;
    });

  return {
    async get(client) {
      return cached(client) ?? fetch(client);
    },
    async renew(client, refused) {
      const current = cached(client);
      if (current !== null && current.token !== refused) return current;
      cache.delete(client.id);
      return fetch(client);
    },
  };
}
