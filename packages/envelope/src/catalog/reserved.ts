import { eventTypes } from "./event-types.ts";

/** Internal topics, and what the platform says about endpoints, attempts and webhooks. */
const platformPrefixes = ["cari.", "dead_letters.", "endpoint.", "message.attempt.", "webhook."] as const;

/** True for names that only the platform publishes under. */
export const isPlatformType = (type: string): boolean =>
  platformPrefixes.some((prefix) => type.startsWith(prefix));

/**
 * True for names that no organization may define: the platform's own, all of `message.`, where it is going to have
 * more, and those the catalog defines already.
 */
export const isReservedType = (type: string): boolean =>
  isPlatformType(type) || type.startsWith("message.") || eventTypes.has(type);
