import { apiContract } from "@carewire/contracts";
import type { Clock } from "@carewire/envelope";
import { destinationWarnings, type EgressGuard, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { checkDestination } from "../check-destination.ts";
import { createCheckAllowance } from "./check-allowance.ts";
import { tryConnection } from "./try-connection.ts";

export interface CheckUrlDeps {
  guard: EgressGuard;
  clock: Clock;
}

const notAllowed = (detail: string) => ({
  outcome: "destination_not_allowed" as const,
  detail,
  url: null,
  warnings: [],
  connection: null,
});

/** `POST /v1/subscriptions/check-url` */
export function createCheckUrl({ guard, clock }: CheckUrlDeps) {
  const takeAllowance = createCheckAllowance();
  return initServer().route(apiContract.subscriptions.checkUrl, async ({ body, res }) => {
    const waitSeconds = takeAllowance(principalOf(res).organizationId, clock.now());
    if (waitSeconds > 0) {
      const detail = "Too many URLs were checked; wait as long as Retry-After says.";
      return problemResult(res, "too_many_requests", { detail, retryAfterSeconds: waitSeconds });
    }
    const checked = await checkDestination(guard, body.url);
    if (!checked.ok) return { status: 200, body: notAllowed(checked.detail) };
    const { url } = checked;
    const connection = body.connect ? await tryConnection(guard, url, clock) : null;
    if (connection === "destination_not_allowed") {
      return { status: 200, body: notAllowed("This host is not on the public internet.") };
    }
    const warnings = destinationWarnings(new URL(url));
    return { status: 200, body: { outcome: "allowed", detail: null, url, warnings, connection } };
  });
}
