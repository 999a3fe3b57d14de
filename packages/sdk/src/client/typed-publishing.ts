import type { EventPayloads } from "../events/event-payloads.generated.ts";
import type { CarewireApi, PublishEvent } from "./api.generated.ts";
import type { IdempotentOptions } from "./request-options.ts";

/** What `data` of an event of `Type` must have; more may be in it. Types of your own take any object. */
export type PublishedData<Type extends string> = Type extends keyof EventPayloads
  ? EventPayloads[Type]
  : object;

/** The publishing methods, with `data` typed by the event's type. */
export interface TypedPublishing {
  /**
   * Publish an event. Sent again safely: an `Idempotency-Key` goes along. Needs scope `events:write`.
   */
  publish<Type extends string, Data extends PublishedData<Type>>(
    event: Omit<PublishEvent, "type" | "data"> & { type: Type; data: Data },
    options?: IdempotentOptions,
  ): ReturnType<CarewireApi["events"]["publish"]>;
}
