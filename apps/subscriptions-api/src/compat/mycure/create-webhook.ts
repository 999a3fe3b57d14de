import { createSubscriptionSchema, type MycureWebhookEvent, mycureEventOf } from "@carewire/contracts";
import { parsePublicId, publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import {
  type Origin,
  type RegisterDeps,
  type Registration,
  registerSubscription,
} from "../../subscriptions/register-subscription.ts";
import { mycureError } from "./mycure-problem.ts";

/** MYCURE has no rules for webhooks beyond ours. */
const mycureOrigin: Origin = { compatibility: "mycure" };

/** The subscription that a webhook is: MYCURE's body, and nothing but 200 counts. */
const subscriptionOf = (body: MycureWebhookEvent) =>
  createSubscriptionSchema.parse({
    name: "MYCURE webhook",
    url: body.url,
    events: body.events,
    active: body.active ?? true,
    account_id: body.account,
    payload_format: "event",
    success_codes: "200",
  });

function present({ row, secret }: Extract<Registration, { outcome: "created" }>) {
  return {
    id: publicId("sub", row.id),
    organization: publicId("org", row.organization_id),
    account: row.account_id === null ? null : publicId("acc", row.account_id),
    active: row.active,
    url: row.url,
    events: row.events.map(mycureEventOf),
    secret,
    createdAt: row.created_at.toISOString(),
  };
}

const wrongOrganization = {
  detail: "There is no such organization.",
  errors: [
    { path: "organization", message: "is not the API key's organization", code: "unknown_organization" },
  ],
};

const needsAccount = {
  detail: "This API key belongs to one account.",
  errors: [{ path: "account", message: "has to be the API key's own account", code: "needs_account" }],
};

/** A webhook on the organization, or on one account of it, as the body says. */
export async function createMycureWebhook(
  deps: RegisterDeps,
  principal: Principal,
  body: MycureWebhookEvent,
) {
  const organizationId = parsePublicId("org", body.organization ?? "");
  if (organizationId !== principal.organizationId) return mycureError(404, wrongOrganization);
  if (principal.accountId !== null && body.account === undefined) return mycureError(403, needsAccount);
  const made = await registerSubscription(deps, principal, subscriptionOf(body), mycureOrigin);
  switch (made.outcome) {
    case "created":
      return { status: 201 as const, body: present(made) };
    case "refused":
      return mycureError(400, made.details);
  }
}
