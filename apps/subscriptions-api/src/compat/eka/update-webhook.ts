import { apiContract, type EkaUpdate, ekaEventNamesOf, type UpdateSubscription } from "@carewire/contracts";
import { type Principal, type ProblemDetails, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type RotateDeps, rotateSecret } from "../../subscriptions/rotate-secret.ts";
import type { SubscriptionRow } from "../../subscriptions/subscription-row.ts";
import { changeSubscription, type UpdateDeps } from "../../subscriptions/update-subscription.ts";
import { findCompatible } from "../find-compatible.ts";
import { ekaRefusal, noEkaWebhook } from "./eka-problem.ts";

type Deps = UpdateDeps & RotateDeps;
type Change =
  | { outcome: "changed" }
  | { outcome: "not_found" }
  | { outcome: "refused"; details: ProblemDetails };

async function change(
  deps: Deps,
  principal: Principal,
  given: string,
  changes: UpdateSubscription,
): Promise<Change> {
  if (Object.keys(changes).length === 0) return { outcome: "changed" };
  const changed = await changeSubscription(deps, principal, given, changes);
  switch (changed.outcome) {
    case "updated":
      return { outcome: "changed" };
    case "not_found":
    case "refused":
      return changed;
    case "too_many_secrets":
      return { outcome: "refused", details: { detail: "too many signing keys are in force" } };
  }
}

/** Eka's receivers expect one signature, so the old key stops at once. */
async function replaceKey(
  deps: Deps,
  principal: Principal,
  given: string,
  key: string,
  scheme: { scheme?: "eka" },
): Promise<Change> {
  const rotated = await rotateSecret(deps, principal, given, {
    secret: key,
    overlapSeconds: 0,
    ...scheme,
  });
  switch (rotated.outcome) {
    // Whoever sends the same update twice gets the same answer twice.
    case "rotated":
    case "is_current":
      return { outcome: "changed" };
    case "not_found":
      return rotated;
    case "too_many_secrets":
      return { outcome: "refused", details: { detail: "too many signing keys are in force" } };
    case "refused": {
      const item = { path: "signing_key", message: rotated.message, code: "invalid_secret" };
      return { outcome: "refused", details: { detail: "Check signing_key.", errors: [item] } };
    }
  }
}

async function update(
  deps: Deps,
  principal: Principal,
  row: SubscriptionRow,
  given: string,
  body: EkaUpdate,
) {
  const { signing_key: key } = body;
  const named = ekaEventNamesOf(body);
  const events = named === undefined ? {} : { events: named };
  const startsSigning = key !== undefined && row.signature_scheme === "none";
  const signed = startsSigning ? { signature_scheme: "eka" as const } : {};
  // The key first: it is what may be refused, and what whoever was unsigned must be signed with from the start.
  const replaced: Change =
    key === undefined
      ? { outcome: "changed" }
      : await replaceKey(deps, principal, given, key, startsSigning ? { scheme: "eka" } : {});
  return replaced.outcome === "changed" ? change(deps, principal, given, { ...events, ...signed }) : replaced;
}

/** `PATCH /notification/v1/connect/webhook/subscriptions/:id` */
export function createUpdateEkaWebhook(deps: Deps) {
  return initServer().route(apiContract.eka.update, async ({ params, body, res }) => {
    const principal = principalOf(res);
    const row = await findCompatible(deps.sql, principal, params.id, "eka");
    if (row === null) return noEkaWebhook;
    const updated = await update(deps, principal, row, params.id, body);
    switch (updated.outcome) {
      case "changed":
        return { status: 200, body: { status: "webhook updated successfully", msg: "success" } };
      case "not_found":
        return noEkaWebhook;
      case "refused":
        return ekaRefusal(updated.details);
    }
  });
}
