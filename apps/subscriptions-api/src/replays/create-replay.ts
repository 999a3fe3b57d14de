import { apiContract, type ReplayFilter } from "@carewire/contracts";
import { type Queryable, type StoredReplayFilter, withTenant } from "@carewire/db";
import { type Principal, type ProblemItem, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { findAccount, unknownAccount } from "../tenancy/find-account.ts";
import { answerReplay } from "./answer-replay.ts";
import { idempotencyKeyOf } from "./claim-replay-key.ts";
import type { ReplayEndpoint } from "./count-replays.ts";
import { findAllEndpoints, findEndpoints } from "./find-endpoints.ts";
import { makeReplay, type ReplayDeps } from "./make-replay.ts";
import { replayWindow } from "./replay-window.ts";

type CheckedFilter =
  | { ok: true; endpoints: ReplayEndpoint[]; filter: StoredReplayFilter }
  | { ok: false; errors: ProblemItem[] };

/** What the contract cannot check: the window, and that the subscriptions and the account are there for the caller. */
async function checkFilter(
  sql: Queryable,
  principal: Principal,
  given: ReplayFilter,
  nowMs: number,
): Promise<CheckedFilter> {
  const window = replayWindow(given, nowMs, "filter.");
  if (!window.ok) return window;
  if (given.account_id !== undefined) {
    const account = await findAccount(sql, principal, given.account_id);
    const errors = unknownAccount.errors.map((error) => ({ ...error, path: `filter.${error.path}` }));
    if (!account.ok) return { ok: false, errors };
  }
  const ids = given.subscription_id;
  const found =
    ids === undefined ? await findAllEndpoints(sql, principal) : await findEndpoints(sql, principal, ids);
  if (!found.ok) return found;
  const since = new Date(window.sinceMs).toISOString();
  const until = new Date(window.untilMs).toISOString();
  return { ok: true, endpoints: found.endpoints, filter: storedFilter(given, since, until) };
}

function storedFilter(given: ReplayFilter, since: string, until: string): StoredReplayFilter {
  return {
    ...(given.subscription_id && { subscription_id: given.subscription_id }),
    ...(given.status && { status: given.status }),
    ...(given.type && { type: given.type }),
    ...(given.response_class && { response_class: given.response_class }),
    ...(given.account_id && { account_id: given.account_id }),
    since,
    until,
  };
}

/** `POST /v1/replays` */
export function createCreateReplay(deps: ReplayDeps) {
  const { sql, clock } = deps;
  return initServer().route(apiContract.replays.create, ({ body, headers, res }) =>
    deps.counting(async () => {
      const principal = principalOf(res);
      const checked = await withTenant(sql, principal.organizationId, (tx) =>
        checkFilter(tx, principal, body.filter, clock.now()),
      );
      if (!checked.ok) {
        const details = { detail: "Check the filter.", errors: checked.errors };
        return problemResult(res, "validation_failed", details);
      }
      const made = await makeReplay(deps, principal, {
        kind: "filter",
        subscriptionId: null,
        endpoints: checked.endpoints,
        filter: checked.filter,
        ratePerSecond: body.rate_per_second ?? null,
        isDryRun: body.dry_run,
        idempotencyKey: idempotencyKeyOf(headers),
        body,
      });
      return answerReplay(res, made, clock.now());
    }),
  );
}
