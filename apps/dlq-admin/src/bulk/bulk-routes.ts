import { discardDeadLetters, retryDeadLetters } from "@carewire/bus";
import { dlqContract } from "@carewire/contracts";
import { newId } from "@carewire/envelope";
import { initServer } from "@ts-rest/express";
import type { DlqDeps } from "../deps.ts";
import { runBulk } from "./run-bulk.ts";

/** `POST /admin/dlq/retry` */
export function createRetryMany(deps: DlqDeps) {
  const { clock, waker } = deps;
  return initServer().route(dlqContract.deadLetters.retryMany, async ({ body, res }) => {
    const answer = await runBulk(deps, res, body, {
      name: "retry",
      audited: "dead_letters.retried",
      act: (tx, ids, actor) => {
        const wanted = ids.map((id) => ({
          deadLetterId: id,
          retryId: newId(clock.now()),
          sealedPayload: null,
        }));
        return retryDeadLetters(tx, wanted, actor);
      },
    });
    waker.notifyConsumers();
    return answer;
  });
}

/** `POST /admin/dlq/discard` */
export function createDiscardMany(deps: DlqDeps) {
  return initServer().route(dlqContract.deadLetters.discardMany, async ({ body, res }) =>
    runBulk(deps, res, body, {
      name: "discard",
      audited: "dead_letters.discarded",
      act: (tx, ids, actor) => discardDeadLetters(tx, ids, { discardedBy: actor, reason: body.reason }),
    }),
  );
}
