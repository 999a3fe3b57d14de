import { type TailMessage, tailQuerySchema } from "@carewire/contracts";
import type { Clock } from "@carewire/envelope";
import {
  hasScope,
  type Principal,
  ProblemError,
  principalOf,
  requireScope,
  sendProblem,
} from "@carewire/service-kit";
import type { Express, RequestHandler } from "express";
import { openEventStream } from "../event-stream.ts";
import { fullProblem, type OpenConnections } from "../open-connections.ts";
import type { TailFeed } from "./tail-feed.ts";
import type { TailItem } from "./tail-message.ts";

export interface TailDeps {
  authenticate: RequestHandler;
  clock: Clock;
  feed: TailFeed;
  tails: OpenConnections;
}

/** What a reader may leave lying before it misses messages. */
const waitingBytesMax = 1_048_576;

interface Wishes {
  subscriptionId: string | undefined;
  types: string[] | undefined;
}

function isVisible(principal: Principal, { accountId, message }: TailItem): boolean {
  if (principal.accountId !== null && accountId !== principal.accountId) return false;
  return !typeOf(message).startsWith("cari.") || hasScope(principal, "internal:publish");
}

const typeOf = (message: TailMessage): string =>
  message.event === "event" ? message.data.type : message.data.event_type;

const matchesType = (pattern: string, type: string): boolean =>
  pattern === "*" || pattern === type || (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1)));

function isWanted({ subscriptionId, types }: Wishes, message: TailMessage): boolean {
  if (types !== undefined && !types.some((pattern) => matchesType(pattern, typeOf(message)))) return false;
  return (
    subscriptionId === undefined ||
    (message.event !== "event" && message.data.subscription_id === subscriptionId)
  );
}

/** Adds `GET /v1/tail`: what happens, as it happens, for people to look at. */
export function mountTail(app: Express, { authenticate, clock, feed, tails }: TailDeps): void {
  app.get("/v1/tail", authenticate, requireScope("deliveries:read"), (req, res) => {
    const query = tailQuerySchema.safeParse(req.query);
    if (!query.success)
      throw new ProblemError("validation_failed", { detail: "Check the query: subscription_id, type." });
    const principal = principalOf(res);
    const room = tails.room(principal.organizationId);
    if (room !== "free") {
      const { code, details } = fullProblem(room);
      return sendProblem(res, code, details);
    }
    const wishes = { subscriptionId: query.data.subscription_id, types: query.data.type?.split(",") };
    const stream = openEventStream(req, res);
    tails.add({ stream, principal });
    let skipped = 0;
    const unfollow = feed.follow({
      organizationId: principal.organizationId,
      onItem(item) {
        if (!isVisible(principal, item) || !isWanted(wishes, item.message)) return;
        if (stream.waitingBytes() > waitingBytesMax) {
          skipped++;
          return;
        }
        if (skipped > 0) stream.send("skipped", { messages: skipped });
        skipped = 0;
        stream.send(item.message.event, item.message.data, item.id);
      },
      onCut() {
        if (stream.waitingBytes() <= waitingBytesMax) stream.send("skipped", { messages: null });
      },
    });
    stream.onEnd(unfollow);
    stream.send("ready", { now: new Date(clock.now()).toISOString() });
  });
}
