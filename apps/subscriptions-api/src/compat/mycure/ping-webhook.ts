import { mycurePing } from "@carewire/contracts";
import { publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import type { Response } from "express";
import { type ProbeAnswer, type ProbeDeps, sendProbe } from "../../subscriptions/probes/send-probe.ts";
import { findCompatible } from "../find-compatible.ts";
import { mycureError } from "./mycure-problem.ts";

const noWebhook = () => mycureError(404, { detail: "There is no such webhook." });

function present(
  webhook: string,
  { deliveryId, delivered, attempt }: Extract<ProbeAnswer, { outcome: "tried" }>,
) {
  return {
    id: publicId("dlv", deliveryId),
    webhook,
    event: mycurePing,
    delivered,
    statusCode: attempt.http_status,
    createdAt: attempt.started_at.toISOString(),
  } as const;
}

function answer(res: Response, webhook: string, sent: ProbeAnswer) {
  switch (sent.outcome) {
    case "tried":
      return { status: 201 as const, body: present(webhook, sent) };
    case "not_found":
      return noWebhook();
    case "unknown_type":
      throw new Error("a ping needs no event type");
    case "too_many":
      res.setHeader("retry-after", String(sent.retryAfterSeconds));
      return mycureError(429, {
        detail: "This webhook was pinged too often; wait as long as Retry-After says.",
      });
    case "not_taken":
      return mycureError(503, { detail: "Nobody took the ping in time; it will not be sent." });
    case "unfinished":
      return mycureError(503, { detail: "The webhook's url did not answer in time." });
  }
}

/** Sends a real ping to a webhook, named as MYCURE names it, and says what came of it. */
export async function pingMycureWebhook(
  deps: ProbeDeps,
  res: Response,
  principal: Principal,
  webhook: string,
) {
  if ((await findCompatible(deps.sql, principal, webhook, "mycure")) === null) return noWebhook();
  const sent = await sendProbe(deps, {
    principal,
    given: webhook,
    action: "subscription.pinged",
    findMessage: async () => ({ ok: true, message: { type: mycurePing, data: { webhook } } }),
  });
  return answer(res, webhook, sent);
}
