import { type ProblemDetails, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { sessionContract } from "./session-contract.ts";
import type { SessionDeps } from "./session-deps.ts";

type Body = { api_key: string } | { access_token: string };

const keyPattern = /^cw_live_\w{1,100}$/;
const linkPattern = /^cw_link_\w{1,100}$/;

/** What may be sent to the API as a bearer; null: it cannot be one. */
function credentialOf(body: Body): string | null {
  if ("api_key" in body) return keyPattern.test(body.api_key) ? body.api_key : null;
  return linkPattern.test(body.access_token) ? body.access_token : null;
}

const refusalOf = (body: Body): ProblemDetails => ({
  detail:
    "api_key" in body
      ? "This is not a valid API key: it may be mistyped, expired or revoked."
      : "This link was used already, or has expired. Ask for a new one.",
});

const notEmbeddable = {
  detail: "This link is for a frame of a page that PORTAL_EMBED_ORIGINS of the portal does not name.",
};

/** `POST /session`: an API key or an access link becomes a session, which stays in a cookie. */
export function createSignIn({ api, cookies, embedOrigins, clock }: SessionDeps) {
  return initServer().route(sessionContract.signIn, async ({ body, req, res }) => {
    const credential = credentialOf(body);
    if (credential === null) return problemResult(res, "unauthorized", refusalOf(body));
    const asked = await api.signIn(credential);
    switch (asked.outcome) {
      case "refused":
        return problemResult(res, "unauthorized", refusalOf(body));
      case "too_many":
        return problemResult(res, "conflict", { detail: asked.detail });
      case "fault":
        return problemResult(res, asked.fault.code, asked.fault.details);
      case "signed_in": {
        const { token, caller, expiresAt } = asked.session;
        const embedOrigin = caller.embed_origin;
        if (embedOrigin !== null && !embedOrigins.includes(embedOrigin)) {
          await api.signOut(token);
          return problemResult(res, "foreign_origin", notEmbeddable);
        }
        // Whoever had a session here has left; it must not live on in a copy of the cookie.
        const previous = cookies.read(req);
        if (previous !== null) await api.signOut(previous);
        const maxAgeSeconds = Math.max(1, Math.floor((expiresAt.getTime() - clock.now()) / 1_000));
        cookies.set(res, { token, embedOrigin, maxAgeSeconds });
        return { status: 200, body: caller };
      }
    }
  });
}
