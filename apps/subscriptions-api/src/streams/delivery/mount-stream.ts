import type { Vault } from "@carewire/bus";
import { streamQuerySchema } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, newId } from "@carewire/envelope";
import {
  type Principal,
  type ProblemCode,
  type ProblemDetails,
  principalOf,
  requireScope,
  sendProblem,
} from "@carewire/service-kit";
import type { Express, RequestHandler } from "express";
import { lockSubscription } from "../../subscriptions/subscription-row.ts";
import { actorOf } from "../../tenancy/actor.ts";
import { openEventStream } from "../event-stream.ts";
import { fullProblem, type OpenConnections } from "../open-connections.ts";
import type { StreamHub } from "./stream-hub.ts";
import { countOtherStreams, type StreamPlace, takeStream } from "./stream-rows.ts";

export interface StreamDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  authenticate: RequestHandler;
  hub: StreamHub;
  streams: OpenConnections;
}

type Taken =
  | { outcome: "taken"; place: StreamPlace }
  | { outcome: "refused"; code: ProblemCode; details: ProblemDetails };

const streamsOfOrganizationMax = 16;

const refused = (code: ProblemCode, details: ProblemDetails): Taken => ({
  outcome: "refused",
  code,
  details,
});

function take({ sql, clock }: StreamDeps, principal: Principal, given: string): Promise<Taken> {
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx): Promise<Taken> => {
    const subscription = await lockSubscription(tx, principal, given);
    if (subscription === null) return refused("not_found", { detail: "There is no such subscription." });
    if (subscription.transport !== "stream") {
      const detail =
        "This subscription's deliveries are sent to its url; only one of transport stream can be received here.";
      return refused("conflict", { detail });
    }
    if ((await countOtherStreams(tx, subscription.id)) >= streamsOfOrganizationMax) {
      const { code, details } = fullProblem("organization_full");
      return refused(code, details);
    }
    const now = new Date(clock.now());
    const place = { organizationId, subscriptionId: subscription.id, connectionId: newId(now.getTime()) };
    if (await takeStream(tx, subscription, place.connectionId)) {
      const entry = {
        organizationId,
        actor: actorOf(principal),
        action: "subscription.stream_opened",
        target: given,
        now,
      };
      await appendAudit(tx, { ...entry, detail: {} });
    }
    return { outcome: "taken", place };
  });
}

/** Adds `GET /v1/subscriptions/:id/stream`: a stream subscription's deliveries, for whoever connects. */
export function mountStream(app: Express, deps: StreamDeps): void {
  const { authenticate, hub, streams, vault } = deps;
  app.get("/v1/subscriptions/:id/stream", authenticate, requireScope("streams:connect"), async (req, res) => {
    const query = streamQuerySchema.safeParse(req.query);
    if (!query.success) {
      const detail = "max_in_flight must be a number from 1 to 64; nothing else may be asked for.";
      return sendProblem(res, "validation_failed", { detail });
    }
    const principal = principalOf(res);
    const room = streams.room(principal.organizationId);
    if (room !== "free") {
      const { code, details } = fullProblem(room);
      return sendProblem(res, code, details);
    }
    await vault.dataKey(principal.organizationId);
    const taken = await take(deps, principal, String(req.params.id));
    if (taken.outcome === "refused") return sendProblem(res, taken.code, taken.details);
    const stream = openEventStream(req, res);
    streams.add({ stream, principal });
    stream.send("ready", { subscription_id: req.params.id, connection_id: taken.place.connectionId });
    hub.serve(taken.place, stream, query.data.max_in_flight);
  });
}
