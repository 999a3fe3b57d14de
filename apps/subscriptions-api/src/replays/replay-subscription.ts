import { apiContract } from "@carewire/contracts";
import { type StoredReplayFilter, withTenant } from "@carewire/db";
import { principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import { noSubscription } from "../subscriptions/no-subscription.ts";
import { findSubscription } from "../subscriptions/subscription-row.ts";
import { answerReplay } from "./answer-replay.ts";
import { idempotencyKeyOf } from "./claim-replay-key.ts";
import { makeReplay, type ReplayDeps } from "./make-replay.ts";
import { replayWindow } from "./replay-window.ts";

interface SubscriptionReplay {
  kind: "recover" | "missing";
  given: string;
  body: {
    since?: string | undefined;
    until?: string | undefined;
    dry_run: boolean;
    rate_per_second?: number | undefined;
    only_failed?: boolean;
  };
  idempotencyKey: string | undefined;
}

async function replaySubscription(deps: ReplayDeps, res: Response, request: SubscriptionReplay) {
  const { sql, clock } = deps;
  const { kind, given, body, idempotencyKey } = request;
  const principal = principalOf(res);
  const found = await withTenant(sql, principal.organizationId, (tx) =>
    findSubscription(tx, principal, given),
  );
  if (found === null) return noSubscription(res);
  const window = replayWindow(body, clock.now());
  if (!window.ok) {
    return problemResult(res, "validation_failed", {
      detail: "Check since and until.",
      errors: window.errors,
    });
  }
  const filter: StoredReplayFilter = {
    since: new Date(window.sinceMs).toISOString(),
    until: new Date(window.untilMs).toISOString(),
    ...(body.only_failed && { only_failed: true }),
  };
  const made = await makeReplay(deps, principal, {
    kind,
    subscriptionId: found.id,
    endpoints: [{ id: found.id, accountId: found.account_id, isFiltered: found.filter !== null }],
    filter,
    ratePerSecond: body.rate_per_second ?? null,
    isDryRun: body.dry_run,
    idempotencyKey,
    body,
  });
  return answerReplay(res, made, clock.now());
}

/** `POST /v1/subscriptions/:id/recover` */
export function createRecover(deps: ReplayDeps) {
  return initServer().route(apiContract.replays.recover, ({ params, body, headers, res }) =>
    deps.counting(() =>
      replaySubscription(deps, res, {
        kind: "recover",
        given: params.id,
        body,
        idempotencyKey: idempotencyKeyOf(headers),
      }),
    ),
  );
}

/** `POST /v1/subscriptions/:id/replay-missing` */
export function createReplayMissing(deps: ReplayDeps) {
  return initServer().route(apiContract.replays.replayMissing, ({ params, body, headers, res }) =>
    deps.counting(() =>
      replaySubscription(deps, res, {
        kind: "missing",
        given: params.id,
        body,
        idempotencyKey: idempotencyKeyOf(headers),
      }),
    ),
  );
}
