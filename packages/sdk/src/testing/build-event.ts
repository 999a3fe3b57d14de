import type { EventPayloads } from "../events/event-payloads.generated.ts";
import { eventSamples } from "./event-samples.generated.ts";

/** An event as a publisher made it. */
export interface TestEvent<Type extends string = string, Data = unknown> {
  /** Carried by every attempt as `webhook-id`. */
  id: string;
  type: Type;
  createdAt: Date;
  data: Data;
}

/** What may be said about an event that is built. */
export interface EventOverrides<Data = object> {
  /** Default: a new one. */
  id?: string;
  /** Default: now. */
  createdAt?: Date;
  /** Put over the catalog's example, field by field; all of `data` for a type of your own. */
  data?: Partial<Data> & { [field: string]: unknown };
}

/** What may be said about an event of `Type`. */
export type OverridesOf<Type extends string> = EventOverrides<
  Type extends keyof EventPayloads ? EventPayloads[Type] : object
>;

/** The payload of `Type`: the catalog's, or what it is given. */
export type TestData<Type extends string> = Type extends keyof EventPayloads ? EventPayloads[Type] : object;

/** A new message id. */
export const newMessageId = (): string => `evt_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`;

/**
 * Builds an event of any type of the catalog, from its example, or of a type of your own. `now` is in milliseconds.
 * Throws for a type of your own without `data`.
 */
export function buildEvent<Type extends keyof EventPayloads | (string & {})>(
  type: Type,
  overrides: OverridesOf<Type> = {},
  now: number = Date.now(),
): TestEvent<Type, TestData<Type>> {
  const { id = newMessageId(), createdAt = new Date(now), data } = overrides;
  const example = exampleOf(type);
  if (example === null && data === undefined) {
    throw new TypeError(`${type} is no event type of the catalog: give its \`data\``);
  }
  return { id, type, createdAt, data: { ...structuredClone(example), ...data } as TestData<Type> };
}

function exampleOf(type: string): object | null {
  return Object.hasOwn(eventSamples, type) ? eventSamples[type as keyof EventPayloads].example : null;
}
