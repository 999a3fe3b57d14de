import type { Cursors } from "@carewire/service-kit";
import { createCancelReplay } from "./cancel-replay.ts";
import { createCreateReplay } from "./create-replay.ts";
import { createGetReplay } from "./get-replay.ts";
import { createListReplays } from "./list-replays.ts";
import type { ReplayDeps } from "./make-replay.ts";
import { createReplayDelivery } from "./replay-delivery.ts";
import { createRecover, createReplayMissing } from "./replay-subscription.ts";

/** The handlers of the contract's `replays`. */
export const createReplayRoutes = (deps: ReplayDeps & { cursors: Cursors }) => ({
  create: createCreateReplay(deps),
  list: createListReplays(deps),
  get: createGetReplay(deps),
  cancel: createCancelReplay(deps),
  recover: createRecover(deps),
  replayMissing: createReplayMissing(deps),
  replayDelivery: createReplayDelivery(deps),
});
