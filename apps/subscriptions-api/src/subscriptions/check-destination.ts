import type { EgressGuard } from "@carewire/service-kit";

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

/** The problem details of a url that deliveries may not be sent to. */
export const destinationProblem = (detail: string) => ({
  detail,
  errors: [{ path: "url", message: detail, code: "destination_not_allowed" }],
});
