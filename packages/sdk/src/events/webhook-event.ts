import type { DetailsOf } from "../details/details-types.ts";
import type { FetchDetailsOptions } from "../details/fetch-details.ts";
import type { EventPayloads } from "./event-payloads.generated.ts";

/** How the body of a delivery looks; chosen per subscription. */
export type PayloadFormat = "envelope" | "event" | "flat" | "thin";

/** One event, whatever the format it was delivered in. */
export interface WebhookEvent<Type extends string = string, Data = unknown> {
  /** The same on every attempt and replay. */
  readonly id: string;
  readonly type: Type;
  /** When it happened; null where the format does not say (`event` and `flat`). */
  readonly createdAt: Date | null;
  /** The payload; of a `thin` delivery only ids and what was done. */
  readonly data: Data;
  readonly format: PayloadFormat;
  /** Aborted when the handler's deadline is over. */
  readonly signal: AbortSignal;
  /**
   * Reads the resource the event is about in its newest version; null when there is none (any more). Needs the
   * handler's `client` or `details`. Rejects when it cannot be read.
   */
  fetchDetails(options?: FetchDetailsOptions): Promise<DetailsOf<Type>>;
}

/** What a thin delivery holds of a payload: its ids, and what was done. */
export type ThinData<Data> = {
  readonly [Field in keyof Data as Field extends "id" | `${string}_id` ? Field : never]: Data[Field];
} & { readonly action: string };

/** The payload of each event type: the catalog's, and the ones you name. */
export type Payloads<Own, Format extends PayloadFormat> = {
  [Type in keyof EventPayloads | (keyof Own & string)]: PayloadOf<
    Type extends keyof Own ? Own[Type] : Type extends keyof EventPayloads ? EventPayloads[Type] : never,
    Format
  >;
};

type PayloadOf<Data, Format extends PayloadFormat> = [Format] extends ["thin"] ? ThinData<Data> : Data;

type Prefixes<Type extends string> = Type extends `${infer First}.${infer Rest}`
  ? `${First}.*` | `${First}.${Prefixes<Rest>}`
  : never;

/** What a handler may listen to: a type, all types under a name (`order.*`), or all (`*`). */
export type EventPattern<All> = (keyof All & string) | Prefixes<keyof All & string> | "*";

type TypesOf<All, Pattern extends string> = Pattern extends "*"
  ? keyof All & string
  : Pattern extends `${infer Prefix}.*`
    ? Extract<keyof All, `${Prefix}.${string}`>
    : Extract<keyof All, Pattern>;

/** The events that a pattern stands for, told apart by `type`. */
export type EventOf<All, Pattern extends string> = {
  [Type in TypesOf<All, Pattern>]: WebhookEvent<Type, All[Type]>;
}[TypesOf<All, Pattern>];

/** An event type of the catalog. */
export type KnownEventType = keyof EventPayloads;

/** Any event of the catalog, told apart by `type`. */
export type KnownWebhookEvent = EventOf<EventPayloads, "*">;
