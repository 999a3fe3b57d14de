import { createHostCookie, type Logger } from "@carewire/service-kit";
import type { Express, RequestHandler } from "express";
import type { SignedIn } from "../signed-in.ts";
import { type Claims, createOidcClient, type Departure } from "./oidc-client.ts";
import { callbackPath, type OidcSettings, signInPath, signOutPath } from "./oidc-settings.ts";
import { roleOfClaims } from "./role-of-claims.ts";

export interface OidcDeps {
  settings: OidcSettings;
  signedIn: SignedIn;
  logger: Pick<Logger, "warn">;
}

/** How a sign-in ended that came to nothing; the sign-in page tells it in words. */
type Failure = "refused" | "no_role" | "unavailable";

const departureSeconds = 600;
const nameLengthMax = 128;
/** As long as the specification lets it be: cut shorter, two people could become one. */
const subjectLengthMax = 255;

// Not strict: the way back from the provider is another site's redirect.
const departureCookie = createHostCookie({ name: "carewire-dlq-oidc", sameSite: "lax" });

const pack = (departure: Departure) => Buffer.from(JSON.stringify(departure)).toString("base64url");

function unpack(packed: string | null): Departure | null {
  try {
    const { state, nonce, verifier } = JSON.parse(Buffer.from(packed ?? "", "base64url").toString("utf8"));
    const isWhole = [state, nonce, verifier].every((part) => typeof part === "string" && part !== "");
    return isWhole ? { state, nonce, verifier } : null;
  } catch {
    return null;
  }
}

/** A provider that answers, but not with what was asked for, has refused; the rest is a provider that is away. */
function failureOf(error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const isAway =
    code === "OAUTH_TIMEOUT" || code === "OAUTH_RESPONSE_IS_NOT_CONFORM" || !code.startsWith("OAUTH_");
  return isAway ? "unavailable" : "refused";
}

function nameOf({ name, email, sub }: Claims): string {
  const shown = [name, email, sub].find((text) => typeof text === "string" && text !== "");
  return String(shown ?? sub).slice(0, nameLengthMax);
}

/**
 * `GET /session/oidc` sends the browser to the provider; `GET /session/oidc/callback` is where it comes back;
 * `GET /session/oidc/sign-out` sends it to where the provider's own session ends.
 */
export function mountOidc(app: Express, { settings, signedIn, logger }: OidcDeps): void {
  const client = createOidcClient(settings);
  const fail = (failure: Failure) => `/sign-in?problem=${failure}`;

  const depart: RequestHandler = async (_req, res) => {
    try {
      const { url, departure } = await client.depart();
      departureCookie.set(res, pack(departure), departureSeconds);
      res.redirect(303, url.href);
    } catch (error) {
      logger.warn({ err: error }, "the OIDC provider cannot be reached");
      res.redirect(303, fail("unavailable"));
    }
  };

  const arrive: RequestHandler = async (req, res) => {
    const departure = unpack(departureCookie.read(req));
    departureCookie.clear(res);
    if (departure === null) return res.redirect(303, fail("refused"));
    const query = new URL(req.originalUrl, settings.publicUrl).searchParams;
    const claims = await client.arrive(query, departure).catch((error: unknown) => failureOf(error));
    if (typeof claims === "string") {
      logger.warn({ reason: claims }, "a sign-in through OIDC came to nothing");
      return res.redirect(303, fail(claims));
    }
    const role = roleOfClaims(claims, settings.roleClaim, settings.roles);
    if (role === null) {
      logger.warn({ reason: "no_role" }, "a sign-in through OIDC came to nothing");
      return res.redirect(303, fail("no_role"));
    }
    const { organizationId } = settings;
    await signedIn.start(req, res, {
      kind: "oidc",
      subject: claims.sub.slice(0, subjectLengthMax),
      organizationId,
      name: nameOf(claims),
      role,
    });
    res.redirect(303, "/");
  };

  const leave: RequestHandler = async (_req, res) => {
    const url = await client.signOut().catch((error: unknown) => {
      logger.warn({ err: error }, "the OIDC provider cannot be reached");
      return null;
    });
    res.redirect(303, url?.href ?? "/sign-in");
  };

  app.get(signInPath, depart);
  app.get(callbackPath, arrive);
  app.get(signOutPath, leave);
}
