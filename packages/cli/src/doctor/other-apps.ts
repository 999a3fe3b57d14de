import type { Settings } from "../config/settings.ts";

/**
 * Names and addresses of the apps beside the API: dlq-admin where it is set, and the whole local stack when the API is
 * that stack's.
 */
export function otherApps({ demo, find }: Pick<Settings, "demo" | "find">): [name: string, url: string][] {
  const urls = new Map<string, string>();
  if (demo !== null && demo.urls["subscriptions-api"] === find("url")?.value) {
    for (const [name, url] of Object.entries(demo.urls)) urls.set(name, url);
    urls.delete("subscriptions-api");
  }
  const admin = find("adminUrl");
  if (admin !== null) urls.set("dlq-admin", admin.value);
  return [...urls].sort();
}
