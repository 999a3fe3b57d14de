import type { TestAnswer, TestApi } from "./start-test-api.ts";

/** A resource to publish; `body` is sent byte for byte. Default: the first version of an appointment. */
export interface ResourceSeed {
  kind?: string;
  version?: number;
  body?: string;
  key?: string;
  accountId?: string;
}

/** Publishes an event that brings a resource. */
export function publishResource(api: TestApi, id: string, seed: ResourceSeed = {}): Promise<TestAnswer> {
  const { kind = "appointment", version = 1, body = '{"a":1}', key = api.tenant.key } = seed;
  const account = seed.accountId === undefined ? "" : `"account_id":"${seed.accountId}",`;
  const text = `{${account}"type":"${kind}.updated","data":{"${kind}_id":"${id}","patient_id":"p"},
    "resource":{"kind":"${kind}","id":"${id}","version":${version},"body":${body}}}`;
  return api.send("POST", "/v1/events", { key, body: text });
}
