import type { AppRole } from "./apps.ts";

/** What apps know each other by, as variables of their environment. */
export function appAddresses(roles: readonly AppRole[]): Record<string, string> {
  const urlOf = (name: string) => roles.find((role) => role.name === name)?.url ?? "";
  return { SUBSCRIPTIONS_API_URL: urlOf("subscriptions-api"), PORTAL_URL: urlOf("portal") };
}
