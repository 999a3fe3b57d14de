import { eventTypes } from "./event-types.ts";

/** Namespaces of the platform: internal topics, and what it says about endpoints, messages and webhooks. */
const reservedPrefixes = ["cari.", "endpoint.", "message.", "webhook."] as const;

/** True for names that only the platform may publish under. */
export const isPlatformType = (type: string): boolean =>
  reservedPrefixes.some((prefix) => type.startsWith(prefix));

/** True for names that no organization may define: the platform's own, and those the catalog defines already. */
export const isReservedType = (type: string): boolean => isPlatformType(type) || eventTypes.has(type);
