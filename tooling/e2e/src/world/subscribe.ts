import type { ApiClient } from "./api-client.ts";

/** Subscriptions made through the API: their paths at the receiver, and the secret of each. */
export interface Subscriptions {
  paths: string[];
  ids: string[];
  secrets: Record<string, string>;
}

/** Makes `count` subscriptions to `events` at the receiver, each with a path of its own. */
export async function subscribe(
  api: ApiClient,
  { url, count, events }: { url: string; count: number; events: string[] },
): Promise<Subscriptions> {
  const subscriptions: Subscriptions = { paths: [], ids: [], secrets: {} };
  for (let n = 1; n <= count; n++) {
    const path = `/endpoint-${n}`;
    const body = { name: `Endpoint ${n}`, url: `${url}${path}`, events };
    const { id, secret } = await api.post<{ id: string; secret: string }>("/v1/subscriptions", body);
    subscriptions.paths.push(path);
    subscriptions.ids.push(id);
    subscriptions.secrets[path] = secret;
  }
  return subscriptions;
}
