import type { EndpointAuth } from "@carewire/contracts";
import type { EgressGuard, ProblemItem } from "@carewire/service-kit";

/** What creating and updating need of the egress guard. */
export type DestinationGuard = Pick<EgressGuard, "checkDestination" | "checkUrl">;

/** The url to store, as the guard wrote it, or a sentence for the caller. */
export type CheckedDestination = { ok: true; url: string } | { ok: false; detail: string };

/**
 * Checks where a subscription's deliveries would go. A name that does not resolve now is let through: it may be about
 * to be set up, and every delivery asks again before a socket opens.
 */
export async function checkDestination(guard: DestinationGuard, given: string): Promise<CheckedDestination> {
  const checked = await guard.checkDestination(given);
  switch (checked.outcome) {
    case "allowed":
      return { ok: true, url: checked.url };
    case "destination_not_allowed":
      return { ok: false, detail: checked.detail };
    case "destination_unresolvable": {
      const formed = guard.checkUrl(given);
      return formed.outcome === "allowed"
        ? { ok: true, url: formed.url }
        : { ok: false, detail: formed.detail };
    }
  }
}

/** Everywhere a subscription makes us connect to, as given. */
export interface GivenDestinations {
  url?: string | undefined;
  endpoint_auth?: EndpointAuth | null | undefined;
}

/** The same as they are to be stored, or what is wrong with them. */
export type CheckedDestinations<Given> = { ok: true; checked: Given } | { ok: false; items: ProblemItem[] };

const notAllowed = (path: string, message: string): ProblemItem => ({
  path,
  message,
  code: "destination_not_allowed",
});

/** {@link checkDestination} for the url, and for the token url of OAuth2 credentials. */
export async function checkDestinations<Given extends GivenDestinations>(
  guard: DestinationGuard,
  given: Given,
): Promise<CheckedDestinations<Given>> {
  const items: ProblemItem[] = [];
  const checked = { ...given };
  if (given.url !== undefined) {
    const url = await checkDestination(guard, given.url);
    if (url.ok) checked.url = url.url;
    else items.push(notAllowed("url", url.detail));
  }
  if (given.endpoint_auth?.type === "oauth2") {
    const tokenUrl = await checkDestination(guard, given.endpoint_auth.token_url);
    if (tokenUrl.ok) checked.endpoint_auth = { ...given.endpoint_auth, token_url: tokenUrl.url };
    else items.push(notAllowed("endpoint_auth.token_url", tokenUrl.detail));
  }
  return items.length === 0 ? { ok: true, checked } : { ok: false, items };
}
