import { apiContract } from "@carewire/contracts";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { noSubscription } from "./no-subscription.ts";
import { presentSubscription } from "./subscription-row.ts";
import { type SwitchDeps, switchActive } from "./switch-active.ts";

/** `POST /v1/subscriptions/:id/pause` */
export function createPauseSubscription(deps: SwitchDeps) {
  return initServer().route(apiContract.subscriptions.pause, async ({ params, res }) => {
    const change = { active: false, action: "subscription.paused" } as const;
    const row = await switchActive(deps, principalOf(res), params.id, change);
    return row === null ? noSubscription(res) : { status: 200, body: presentSubscription(row) };
  });
}

/** `POST /v1/subscriptions/:id/resume` */
export function createResumeSubscription(deps: SwitchDeps) {
  return initServer().route(apiContract.subscriptions.resume, async ({ params, res }) => {
    const change = { active: true, action: "subscription.resumed" } as const;
    const row = await switchActive(deps, principalOf(res), params.id, change);
    return row === null ? noSubscription(res) : { status: 200, body: presentSubscription(row) };
  });
}
