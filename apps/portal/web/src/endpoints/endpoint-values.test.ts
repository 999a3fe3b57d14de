import type { Subscription } from "@carewire/contracts";
import { expect, test } from "vitest";
import { changesOf, createBodyOf, fieldErrorsOf, newEndpoint, valuesOf } from "./endpoint-values.ts";

const endpoint: Subscription = {
  id: "sub_1",
  account_id: null,
  name: "EMR",
  description: null,
  url: "https://a.example/hook",
  transport: "http",
  warnings: [],
  events: ["order.*"],
  active: true,
  disabled_reason: null,
  retry_policy: "exponential",
  max_retries: 7,
  payload_format: "envelope",
  signature_scheme: "standard-webhooks",
  key_type: "hmac",
  public_key: null,
  success_codes: "2xx",
  headers: { "x-tenant": "7" },
  sensitive_headers: ["authorization"],
  filter: { amount: { $gte: 100 } },
  rate_limit_per_second: 5,
  ordering: "none",
  endpoint_auth: { type: "bearer" },
  client_certificate: { subject: "CN=clinic-7", expires_at: "2027-01-01T00:00:00.000Z" },
  metadata: { team: "integrations", tier: 2 },
  version: 1,
  created_by: "key_1",
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
};

test("a form that nobody touched changes nothing, and keeps what it cannot show", () => {
  expect(changesOf(endpoint, valuesOf(endpoint))).toEqual({});
});

test("only what was changed is sent", () => {
  const values = { ...valuesOf(endpoint), name: "EMR sync", rate_limit: "", filter: " " };
  expect(changesOf(endpoint, values)).toEqual({
    name: "EMR sync",
    rate_limit_per_second: null,
    filter: null,
  });
});

test("credentials and sensitive headers go only when they are given anew, or taken away", () => {
  const anew = { ...valuesOf(endpoint), keep_sensitive: false, auth: { type: "none" as const } };
  expect(changesOf(endpoint, anew)).toEqual({ sensitive_headers: null, endpoint_auth: null });
  const token = { ...anew, sensitive_headers: [{ name: "X-Key", value: "k" }] };
  expect(changesOf(endpoint, { ...token, auth: { type: "bearer", token: "t" } })).toEqual({
    sensitive_headers: { "X-Key": "k" },
    endpoint_auth: { type: "bearer", token: "t" },
  });
});

test("a client certificate goes with its key when it is given anew, and as null when it is taken away", () => {
  const values = valuesOf(endpoint);
  const given = { type: "given" as const, certificate: " pem\n", key: "key\n" };
  expect(changesOf(endpoint, { ...values, certificate: given })).toEqual({
    client_certificate: { certificate: "pem", key: "key" },
  });
  expect(changesOf(endpoint, { ...values, certificate: { type: "none" } })).toEqual({
    client_certificate: null,
  });
  expect(createBodyOf({ ...newEndpoint, url: "", certificate: given })?.client_certificate).toEqual({
    certificate: "pem",
    key: "key",
  });
});

test("metadata is sent as a whole, with the kinds of its values, and emptied when nothing is left", () => {
  const values = valuesOf(endpoint);
  expect(changesOf(endpoint, { ...values, metadata: '{"team": "ops", "tier": 3}' })).toEqual({
    metadata: { team: "ops", tier: 3 },
  });
  expect(changesOf(endpoint, { ...values, metadata: " " })).toEqual({ metadata: {} });
});

test("an endpoint that is a stream has no URL to send, so that everything else of it can be changed", () => {
  const stream: Subscription = { ...endpoint, url: null, transport: "stream", client_certificate: null };
  expect(changesOf(stream, { ...valuesOf(stream), name: "Listener" })).toEqual({ name: "Listener" });
});

test("a new endpoint asks for every event unless some are chosen, and for no key pair outside of Standard Webhooks", () => {
  const values = { ...newEndpoint, name: "a", url: "https://a.example" };
  expect(createBodyOf(values)).toMatchObject({ events: ["*"], filter: null, headers: {} });
  const chosen = { ...values, all_events: false, events: ["order.paid"], signature_scheme: "svix" as const };
  expect(createBodyOf({ ...chosen, key_type: "ed25519" })).toMatchObject({
    events: ["order.paid"],
    key_type: "hmac",
  });
});

test("what the server found wrong stands at its field, and what has none is not lost", () => {
  const fields = [
    { path: "url", message: "is not allowed" },
    { path: "filter.$or[1].amount.$gte", message: "must be a number" },
    { path: "headers.host", message: "is set by Carewire" },
    { path: "metadata.team", message: "is too long" },
    { path: "client_certificate.key", message: "is not the key of this certificate" },
    { path: "transport", message: "is not known" },
  ];
  expect(fieldErrorsOf(fields)).toEqual({
    errors: {
      url: "is not allowed",
      filter: "$or[1].amount.$gte must be a number",
      headers: "host is set by Carewire",
      metadata: "team is too long",
      certificate: "key is not the key of this certificate",
    },
    rest: ["transport is not known"],
  });
});
