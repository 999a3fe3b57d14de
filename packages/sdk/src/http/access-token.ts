import { CarewireApiError } from "./api-error.ts";

/** A token that expires. */
export interface ExpiringToken {
  token: string;
  /** For how long it is good, in seconds; it is asked for again a little earlier. */
  expiresInSeconds?: number;
}

/** An API key or access token, or what gets one: asked once for all who need it, and again when it has expired. */
export type Credentials = string | (() => Promise<string | ExpiringToken>);

export interface AccessToken {
  get(): Promise<string>;
  /** This one was refused: the next {@link get} asks for another. False when there is no other. */
  refuse(token: string): boolean;
}

const earlyMs = 30_000;

/** A token that a header can carry. Rejected here, because what `fetch` says of another one repeats it. */
function usable(token: unknown): string {
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
  const what =
    token === undefined || token === ""
      ? "is empty"
      : "holds spaces, line breaks or other characters that no key has";
  throw new CarewireApiError(`The API key or access token ${what}; nothing was sent`, {
    ...{ code: "credentials_invalid", status: null, tries: 0 },
  });
}

/** Keeps the token that `credentials` gives. `now` is in milliseconds. */
export function createAccessToken(credentials: Credentials, now: () => number): AccessToken {
  if (typeof credentials !== "function") return { get: async () => usable(credentials), refuse: () => false };
  const ask = credentials;
  let kept: { token: string; untilMs: number } | null = null;
  let asking: Promise<string> | null = null;

  async function renew(): Promise<string> {
    const given = await ask();
    const { token: found, expiresInSeconds = Number.POSITIVE_INFINITY } =
      typeof given === "string" ? { token: given } : given;
    const token = usable(found);
    kept = { token, untilMs: now() + expiresInSeconds * 1_000 - earlyMs };
    return token;
  }

  return {
    async get() {
      if (kept !== null && now() < kept.untilMs) return kept.token;
      asking ??= renew().finally(() => {
        asking = null;
      });
      return asking;
    },
    refuse(token) {
      if (kept?.token === token) kept = null;
      return true;
    },
  };
}
