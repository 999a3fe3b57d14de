import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { callbackPath, type OidcSettings } from "./oidc-settings.ts";

/** What a browser keeps between leaving for the provider and coming back. */
export interface Departure {
  state: string;
  nonce: string;
  verifier: string;
}

/** What the provider says of somebody: `sub`, perhaps a name, and their roles. */
export type Claims = Record<string, unknown> & { sub: string };

export interface OidcClient {
  depart(): Promise<{ url: URL; departure: Departure }>;
  /** Throws what openid-client throws when the answer is not what was asked for, or the provider is away. */
  arrive(query: URLSearchParams, departure: Departure): Promise<Claims>;
  /** Where somebody ends their session at the provider too, and comes back from; null when it has no such page. */
  signOut(): Promise<URL | null>;
}

const timeoutSeconds = 5;

/** Plain http is for providers on this machine, such as one under test. */
const isLoopback = (issuer: URL) =>
  issuer.protocol === "http:" && /^(localhost|127\.0\.0\.1)$/.test(issuer.hostname);

/** Authorization code flow with PKCE. The provider is asked what it can do at the first sign-in, and again if that failed. */
export function createOidcClient(settings: OidcSettings): OidcClient {
  const redirectUri = `${settings.publicUrl}${callbackPath}`;
  let known: Promise<Configuration> | null = null;

  function discover(): Promise<Configuration> {
    const issuer = new URL(settings.issuer);
    const execute = isLoopback(issuer) ? [allowInsecureRequests] : [];
    known ??= discovery(issuer, settings.clientId, settings.clientSecret, undefined, {
      execute,
      timeout: timeoutSeconds,
    }).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  }

  return {
    async depart() {
      const config = await discover();
      const departure = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
      const url = buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: "openid profile email",
        code_challenge: await calculatePKCECodeChallenge(departure.verifier),
        code_challenge_method: "S256",
        state: departure.state,
        nonce: departure.nonce,
      });
      return { url, departure };
    },
    async arrive(query, { state, nonce, verifier }) {
      const config = await discover();
      const tokens = await authorizationCodeGrant(config, new URL(`${redirectUri}?${query}`), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error("the provider sent no id token");
      const hasUserInfo = config.serverMetadata().userinfo_endpoint !== undefined;
      const more = hasUserInfo ? await fetchUserInfo(config, tokens.access_token, claims.sub) : {};
      return { ...more, ...claims };
    },
    async signOut() {
      const config = await discover();
      if (config.serverMetadata().end_session_endpoint === undefined) return null;
      // Without an id token as a hint, which would have to be kept: the provider asks whether it is meant.
      return buildEndSessionUrl(config, { post_logout_redirect_uri: `${settings.publicUrl}/sign-in` });
    },
  };
}
