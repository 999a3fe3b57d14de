import type { Cursors } from "@carewire/service-kit";
import { createCreateEventType, type WriteTypeDeps } from "./create-event-type.ts";
import { createGetEventType } from "./get-event-type.ts";
import { createListEventTypes } from "./list-event-types.ts";
import { createRemoveEventType } from "./remove-event-type.ts";
import { createUpdateEventType } from "./update-event-type.ts";

/** The handlers of the contract's `eventTypes`. */
export const createEventTypeRoutes = (deps: WriteTypeDeps & { cursors: Cursors }) => ({
  list: createListEventTypes(deps),
  get: createGetEventType(deps),
  create: createCreateEventType(deps),
  update: createUpdateEventType(deps),
  remove: createRemoveEventType(deps),
});
