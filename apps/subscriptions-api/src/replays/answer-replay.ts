import { runningReplaysMax } from "@carewire/contracts";
import { replaysPerJobMax } from "@carewire/db";
import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import { conflictDetail } from "../events/conflict-detail.ts";
import type { MadeReplay } from "./make-replay.ts";
import { presentReplay } from "./replay-row.ts";

const retryAfterSeconds = 60;

/** The answer to a request for a bulk replay. */
export function answerReplay(res: Response, made: MadeReplay, nowMs: number) {
  switch (made.outcome) {
    case "counted": {
      const { total, totalIs, endpoints } = made.count;
      const subscriptions = endpoints.length;
      const body = { dry_run: true, total, total_is: totalIs, subscriptions, until: made.until } as const;
      return { status: 200, body } as const;
    }
    case "made":
      return { status: 202, body: presentReplay(made.row, nowMs) } as const;
    case "key_conflict":
      return problemResult(res, "idempotency_conflict", { detail: conflictDetail });
    case "too_many":
      return problemResult(res, "validation_failed", {
        detail: `One replay may have ${replaysPerJobMax} messages at most; split it with since and until.`,
      });
    case "too_many_running":
      return problemResult(res, "too_many_requests", {
        detail: `${runningReplaysMax} replays are running already; wait for one to finish, or cancel one.`,
        retryAfterSeconds,
      });
  }
}
