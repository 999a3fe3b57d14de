// Made from packages/contracts by `npm run generate:client`; a test notices when it is out of date.
import type { IdempotentOptions, RequestOptions } from "./request-options.ts";
import type { PagePromise } from "./pages.ts";

export interface PublishEvent {
  /** Public event type. */
  type: string;
  /** Kept and delivered byte for byte as sent. A known type's schema is enforced. */
  data: object;
  /** Your own id, shown everywhere instead of ours. The same id again is a duplicate, for 30 days. */
  id?: string;
  /** What the event is about; a filter of the list. */
  subject?: string;
  /** The account the event belongs to. */
  account_id?: string;
  /** The details of what the event is about; stored with it in one commit. */
  resource?: {
    kind: string;
    id: string;
    /** Grows with every change; one that is not newer than what is stored is ignored. */
    version: number;
    /** Served byte for byte as sent; null: the resource was deleted. */
    body: unknown;
  };
  /** When it happened; default: now. */
  created_at?: string;
}

export interface PublishedEvent {
  id: string;
  type: string;
  created_at: string;
  /** The event was stored by an earlier request. */
  duplicate?: true;
}

export interface RefusedEvent {
  error: {
    code: string;
    detail: string;
    errors?: {
      /** Dotted path into the body (`events.0.type`); `query.`, `path.` or `headers.` in front elsewhere. */
      path: string;
      message: string;
      code: string;
    }[];
  };
}

export interface Event {
  id: string;
  type: string;
  subject: string | null;
  account_id: string | null;
  source_service: string;
  /** When it happened, as the publisher said. */
  created_at: string;
  /** When Carewire stored it. */
  accepted_at: string;
  payload_bytes: number;
}

export interface EventDetail {
  id: string;
  type: string;
  subject: string | null;
  account_id: string | null;
  source_service: string;
  /** When it happened, as the publisher said. */
  created_at: string;
  /** When Carewire stored it. */
  accepted_at: string;
  payload_bytes: number;
  /** Only with scope `payloads:read`; the read is audited. */
  payload?: unknown;
  /** True when the payload is not kept any more: erased on request, or by age. */
  payload_erased: boolean;
  lineage: Lineage;
}

/** Where the event came from and what became of it; 100 of each at most. */
export interface Lineage {
  inbound_request: {
    id: string;
    provider: string | null;
    verdict: string;
    received_at: string;
  } | null;
  /** The event whose handler published this one. */
  caused_by: string | null;
  caused: {
    id: string;
    type: string;
  }[];
  deliveries: {
    id: string;
    subscription_id: string | null;
    consumer: string | null;
    status: string;
    attempts: {
      id: string;
      n: number;
      outcome: string;
      response_code: number | null;
      started_at: string;
    }[];
  }[];
}

export interface EventTypeList {
  data: EventType[];
  /** Continues with older items. */
  next_cursor: string | null;
  /** Goes back to newer items. */
  prev_cursor: string | null;
  /** Every prefix pattern, and the types it stands for today; of all types on every page. */
  groups: {
    pattern: string;
    types: string[];
  }[];
}

export interface EventType {
  type: string;
  /** Who defines it. */
  source: "catalog" | "organization";
  domain: string;
  description: string;
  /** JSON Schema 2020-12. */
  schema: Record<string, unknown> | null;
  example: Record<string, unknown> | null;
  /** What a delivery in the format `thin` would say of the example. */
  thin: Record<string, unknown> | null;
  /** What a subscription may list to get it, narrowest first. */
  patterns: string[];
  created_by: string | null;
  created_at: string | null;
  updated_at: string | null;
}

export interface CreateEventType {
  type: string;
  /** The heading it is listed under. */
  domain?: string;
  description: string;
  /** JSON Schema 2020-12 that `data` must satisfy, in the subset of docs/event-types.md; null: anything goes. */
  schema?: object | null;
  /** A payload that the schema accepts; what a test delivery sends. */
  example?: object | null;
}

export interface UpdateEventType {
  /** The heading it is listed under. */
  domain?: string;
  description?: string;
  /** JSON Schema 2020-12 that `data` must satisfy, in the subset of docs/event-types.md; null: anything goes. */
  schema?: object | null;
  /** A payload that the schema accepts; what a test delivery sends. */
  example?: object | null;
}

export interface ErasePayload {
  /** Kept on the audit chain; no patient data. */
  reason: string;
}

export interface ErasedPayload {
  id: string;
  payload_erased: true;
}

export interface CreateSubscription {
  name: string;
  /** Where deliveries are sent; public https only. */
  url?: string;
  description?: string | null;
  /** When false, deliveries are held until it is true again. */
  active?: boolean;
  retry_policy?: "exponential" | "none";
  max_retries?: number;
  payload_format?: "envelope" | "event" | "flat" | "thin";
  signature_scheme?: "standard-webhooks" | "svix" | "eka" | "none";
  /** ed25519 goes with standard-webhooks only. */
  key_type?: "hmac" | "ed25519";
  /** 200: exactly that status counts as delivered. */
  success_codes?: "200" | "2xx" | 200;
  headers?: Record<string, string>;
  /** Like `headers`, but their values are never shown again. */
  sensitive_headers?: Record<string, string> | null;
  /** Conditions on the payload; null: every event. */
  filter?: object | null;
  rate_limit_per_second?: number | null;
  /** fifo: one in flight per subject, in order. */
  ordering?: "none" | "fifo";
  endpoint_auth?: {
    type: "basic";
    username: string;
    password: string;
  } | {
    type: "bearer";
    token: string;
  } | {
    type: "oauth2";
    /** Under the same rules as `url`. */
    token_url: string;
    client_id: string;
    client_secret: string;
    scope?: string;
  } | null;
  client_certificate?: {
    /** PEM; its chain may follow it. */
    certificate: string;
    /** PEM, not encrypted; the certificate's private key. */
    key: string;
  } | null;
  /** stream: no url; received over `/v1/subscriptions/:id/stream`. It stays what it is made as. */
  transport?: "http" | "stream";
  events?: string | readonly string[];
  metadata?: Record<string, string | number | boolean | null>;
  /** Signing secret; made by the server when absent. */
  secret?: string;
  /** Deliver only this account's events. */
  account_id?: string;
}

export interface CreatedSubscription {
  id: string;
  account_id: string | null;
  name: string;
  description: string | null;
  /** null: its transport is `stream`. */
  url: string | null;
  transport: "http" | "stream";
  /** What to look at in `url`: a host like xn--80ak6aa92e.com may pass for another. */
  warnings: "internationalised_host"[];
  events: string[];
  active: boolean;
  /** Why it was switched off by the platform. */
  disabled_reason: string | null;
  retry_policy: "exponential" | "none";
  max_retries: number;
  payload_format: "envelope" | "event" | "flat" | "thin";
  signature_scheme: "standard-webhooks" | "svix" | "eka" | "none";
  key_type: "hmac" | "ed25519";
  /** `whpk_…`, what verifies ed25519 signatures. */
  public_key: string | null;
  success_codes: "200" | "2xx";
  headers: Record<string, string>;
  /** Their names; values are never shown. */
  sensitive_headers: string[];
  filter: Record<string, unknown> | null;
  rate_limit_per_second: number | null;
  ordering: "none" | "fifo";
  /** Its kind; credentials are never shown. */
  endpoint_auth: {
    type: "basic" | "bearer" | "oauth2";
  } | null;
  /** Whose it is and how long it is good for; neither it nor its key are shown. */
  client_certificate: {
    subject: string;
    expires_at: string;
  } | null;
  metadata: Record<string, unknown>;
  /** Grows by one with every change. */
  version: number;
  created_by: string;
  created_at: string;
  updated_at: string;
  secret: string;
}

export interface CheckUrl {
  url: string;
  /** Also open a connection, TLS included, and close it again. Nothing is sent. */
  connect?: boolean;
}

export interface UrlCheck {
  outcome: "allowed" | "destination_not_allowed";
  /** Why it is not allowed. */
  detail: string | null;
  /** As it would be stored; null when it is not allowed. */
  url: string | null;
  warnings: "internationalised_host"[];
  /** Null when none was asked for. */
  connection: {
    outcome: "connected" | "unresolvable" | "unreachable" | "timeout" | "tls_failed" | "not_tried";
    /** A sentence that says what to do, where there is something. */
    detail: string;
    duration_ms: number | null;
    /** Null without TLS, or without a connection. */
    tls: {
      protocol: string;
      certificate_expires_at: string | null;
    } | null;
  } | null;
}

export interface Subscription {
  id: string;
  account_id: string | null;
  name: string;
  description: string | null;
  /** null: its transport is `stream`. */
  url: string | null;
  transport: "http" | "stream";
  /** What to look at in `url`: a host like xn--80ak6aa92e.com may pass for another. */
  warnings: "internationalised_host"[];
  events: string[];
  active: boolean;
  /** Why it was switched off by the platform. */
  disabled_reason: string | null;
  retry_policy: "exponential" | "none";
  max_retries: number;
  payload_format: "envelope" | "event" | "flat" | "thin";
  signature_scheme: "standard-webhooks" | "svix" | "eka" | "none";
  key_type: "hmac" | "ed25519";
  /** `whpk_…`, what verifies ed25519 signatures. */
  public_key: string | null;
  success_codes: "200" | "2xx";
  headers: Record<string, string>;
  /** Their names; values are never shown. */
  sensitive_headers: string[];
  filter: Record<string, unknown> | null;
  rate_limit_per_second: number | null;
  ordering: "none" | "fifo";
  /** Its kind; credentials are never shown. */
  endpoint_auth: {
    type: "basic" | "bearer" | "oauth2";
  } | null;
  /** Whose it is and how long it is good for; neither it nor its key are shown. */
  client_certificate: {
    subject: string;
    expires_at: string;
  } | null;
  metadata: Record<string, unknown>;
  /** Grows by one with every change. */
  version: number;
  created_by: string;
  created_at: string;
  updated_at: string;
}

export interface UpdateSubscription {
  name?: string;
  /** Where deliveries are sent; public https only. */
  url?: string;
  description?: string | null;
  /** When false, deliveries are held until it is true again. */
  active?: boolean;
  retry_policy?: "exponential" | "none";
  max_retries?: number;
  payload_format?: "envelope" | "event" | "flat" | "thin";
  signature_scheme?: "standard-webhooks" | "svix" | "eka" | "none";
  /** ed25519 goes with standard-webhooks only. */
  key_type?: "hmac" | "ed25519";
  /** 200: exactly that status counts as delivered. */
  success_codes?: "200" | "2xx" | 200;
  headers?: Record<string, string>;
  /** Like `headers`, but their values are never shown again. */
  sensitive_headers?: Record<string, string> | null;
  /** Conditions on the payload; null: every event. */
  filter?: object | null;
  rate_limit_per_second?: number | null;
  /** fifo: one in flight per subject, in order. */
  ordering?: "none" | "fifo";
  endpoint_auth?: {
    type: "basic";
    username: string;
    password: string;
  } | {
    type: "bearer";
    token: string;
  } | {
    type: "oauth2";
    /** Under the same rules as `url`. */
    token_url: string;
    client_id: string;
    client_secret: string;
    scope?: string;
  } | null;
  client_certificate?: {
    /** PEM; its chain may follow it. */
    certificate: string;
    /** PEM, not encrypted; the certificate's private key. */
    key: string;
  } | null;
  events?: string | readonly string[];
  metadata?: Record<string, string | number | boolean | null>;
}

export interface SubscriptionSecret {
  secret: string;
}

export interface RotateSecret {
  /** Signing secret; made by the server when absent. */
  secret?: string;
  /** How long the secrets before it sign along; 0 stops them at once. */
  overlap_seconds?: number;
}

export interface RotatedSecret {
  secret: string;
  /** `whpk_…` of an ed25519 secret. */
  public_key: string | null;
  /** Until when the secret before it signs along. */
  previous_expires_at: string;
}

export interface ProbeResult {
  delivery_id: string;
  delivered: boolean;
  attempt: {
    outcome: string;
    response_code: number | null;
    /** Its first 4 KiB. */
    response_body: string | null;
    response_headers: Record<string, string> | null;
    duration_ms: number | null;
    error: string | null;
    reason: string;
    request_headers: Record<string, string> | null;
  };
}

export interface TestSubscription {
  /** An event type of the catalog; its example is sent. */
  type: string;
}

export interface SubscriptionStats {
  since: string;
  /** What the numbers below are made of: the newest 1000 deliveries created since then at most, and their attempts. `complete`: there were no more. */
  sample: {
    deliveries: number;
    attempts: number;
    complete: boolean;
  };
  deliveries: {
    pending: number;
    retrying: number;
    held: number;
    delivered: number;
    failed: number;
    cancelled: number;
  };
  /** Delivered of delivered and failed; null when there are neither. */
  success_rate: number | null;
  /** Of attempts that were answered or timed out. */
  duration_ms: {
    p50: number | null;
    p95: number | null;
  };
  /** What waits now, however old: counted among the newest 10000 at most. `draining`: it was resumed, and what is held goes as fast as the endpoint takes it. `oldest_due_at` is overdue, `next_due_at` is when more becomes due. */
  waiting: {
    queued: number;
    held: number;
    draining: boolean;
    complete: boolean;
    oldest_due_at: string | null;
    next_due_at: string | null;
  };
  endpoint: {
    /** Null: not yet measured. */
    in_flight_limit: number | null;
    breaker: "closed" | "open" | "half_open";
    breaker_until: string | null;
    consecutive_failures: number;
    failing_since: string | null;
    last_success_at: string | null;
    last_failure_at: string | null;
  };
}

export interface DoctorReport {
  /** No check failed. */
  ok: boolean;
  checks: {
    name: string;
    status: "ok" | "warning" | "failed" | "skipped";
    /** What was found, in words and numbers. */
    detail: string;
  }[];
}

export interface Delivery {
  id: string;
  subscription_id: string;
  event_id: string;
  event_type: string;
  status: "pending" | "retrying" | "held" | "delivered" | "failed" | "cancelled";
  /** HTTP status of the last attempt that was answered. */
  response_code: number | null;
  /** Tries started so far. */
  attempts: number;
  next_retry_at: string | null;
  delivered_at: string | null;
  created_at: string;
  trigger: "event" | "replay" | "test";
  /** The delivery this one repeats. */
  replay_of: string | null;
  /** The replay job that made it. */
  replay_id: string | null;
}

export interface DeliveryDetail {
  id: string;
  subscription_id: string;
  event_id: string;
  event_type: string;
  status: "pending" | "retrying" | "held" | "delivered" | "failed" | "cancelled";
  /** HTTP status of the last attempt that was answered. */
  response_code: number | null;
  /** Tries started so far. */
  attempts: number;
  next_retry_at: string | null;
  delivered_at: string | null;
  created_at: string;
  trigger: "event" | "replay" | "test";
  /** The delivery this one repeats. */
  replay_of: string | null;
  /** The replay job that made it. */
  replay_id: string | null;
  /** Ordered subscriptions: the delivery of the same subject that goes first. */
  waiting_for: string | null;
  /** Only with scope `payloads:read`; the read is audited. */
  payload?: unknown;
  /** The body that is sent, byte for byte, in the subscription's format as it is now; with `payload` only. */
  request_body?: string | null;
  /** Body of that answer, its first 4 KiB; only with `payloads:read`, audited. */
  response_body?: string | null;
}

export interface Attempt {
  id: string;
  /** Number of the try, from 1. */
  n: number;
  /** What happened, from a closed list; `lost`: nobody knows. */
  outcome: string;
  response_code: number | null;
  duration_ms: number | null;
  /** The outcome, unless it was a good answer. */
  error_class: string | null;
  error: string | null;
  request_headers: Record<string, unknown> | null;
  response_headers: Record<string, unknown> | null;
  /** Its first 4 KiB; only with `payloads:read`, audited. */
  response_body?: string | null;
  next_step: string;
  reason: string;
  next_retry_at: string | null;
  started_at: string;
  created_at: string;
}

export interface CreateReplay {
  filter: ReplayFilter;
  /** Only count; nothing is replayed. */
  dry_run?: boolean;
  /** Messages queued per second at most; default: as fast as the endpoints take them. */
  rate_per_second?: number;
}

/** Which deliveries to replay. Of several to one endpoint for one event, only the newest counts. */
export interface ReplayFilter {
  subscription_id?: string | readonly string[];
  /** Default: everything that is finished. */
  status?: "delivered" | "failed" | "cancelled" | readonly ("delivered" | "failed" | "cancelled")[];
  /** Event types, or patterns such as `order.*`. */
  type?: string | readonly string[];
  /** Created at or after this moment; default: 92 days before `until`. */
  since?: string;
  /** Created before this moment; default: now. */
  until?: string;
  response_class?: "1xx" | "2xx" | "3xx" | "4xx" | "5xx" | "none" | "timeout" | "network";
  /** Only events of this account. */
  account_id?: string;
}

export interface ReplayCount {
  dry_run: true;
  /** Messages to send again, as counted when the job was made. */
  total: number;
  /** `at_least`: counting was cut short; `at_most`: the subscription's `filter` is evaluated while the job runs. */
  total_is: "exact" | "at_least" | "at_most";
  subscriptions: number;
  /** What was created before it is counted. Send it along to replay exactly these. */
  until: string;
}

export interface Replay {
  id: string;
  kind: "filter" | "recover" | "missing";
  status: "running" | "done" | "cancelled" | "failed";
  subscription_id: string | null;
  filter: Record<string, unknown>;
  rate_per_second: number | null;
  /** Messages to send again, as counted when the job was made. */
  total: number;
  /** `at_least`: counting was cut short; `at_most`: the subscription's `filter` is evaluated while the job runs. */
  total_is: "exact" | "at_least" | "at_most";
  /** Messages queued again so far, each a delivery of its own. */
  replayed: number;
  /** Subscriptions the job waits for, because they are paused or disabled. */
  paused_subscriptions: number;
  estimated_finish_at: string | null;
  error: string | null;
  created_by: string;
  created_at: string;
  updated_at: string;
  finished_at: string | null;
}

export interface RecoverSubscription {
  /** Created at or after this moment. */
  since: string;
  /** Created before this moment; default: now. */
  until?: string;
  /** Only events whose newest delivery here failed or was cancelled. */
  only_failed?: boolean;
  /** Only count; nothing is replayed. */
  dry_run?: boolean;
  /** Messages queued per second at most; default: as fast as the endpoints take them. */
  rate_per_second?: number;
}

export interface ReplayMissing {
  /** Created at or after this moment; default: 92 days before `until`. */
  since?: string;
  /** Created before this moment; default: now. */
  until?: string;
  /** Only count; nothing is replayed. */
  dry_run?: boolean;
  /** Messages queued per second at most; default: as fast as the endpoints take them. */
  rate_per_second?: number;
}

export interface ReplayedDelivery {
  id: string;
  subscription_id: string;
  event_id: string;
  event_type: string;
  status: "pending" | "retrying" | "held" | "delivered" | "failed" | "cancelled";
  /** HTTP status of the last attempt that was answered. */
  response_code: number | null;
  /** Tries started so far. */
  attempts: number;
  next_retry_at: string | null;
  delivered_at: string | null;
  created_at: string;
  trigger: "event" | "replay" | "test";
  replay_of: string;
  /** The replay job that made it. */
  replay_id: string | null;
}

export interface LineageChain {
  asked: {
    kind: "inbound_request" | "event" | "delivery" | "attempt" | "dead_letter";
    id: string;
  };
  inbound_request: {
    id: string;
    provider: string | null;
    verdict: string;
    reason: string | null;
    received_at: string;
    /** The request that came first, when this one was a repeat: the chain is that one's. */
    repeat_of: string | null;
  } | null;
  /** Oldest first: what came in, what that caused, what that caused, … */
  events: {
    id: string;
    type: string;
    subject: string | null;
    source_service: string;
    /** The event whose handler published this one. */
    caused_by: string | null;
    created_at: string;
    accepted_at: string;
    deliveries: {
      id: string;
      subscription_id: string | null;
      consumer: string | null;
      status: "pending" | "retrying" | "held" | "delivered" | "failed" | "cancelled";
      trigger: "event" | "replay" | "test";
      replay_of: string | null;
      created_at: string;
      finished_at: string | null;
      attempts: {
        id: string;
        n: number;
        outcome: string;
        response_code: number | null;
        error: string | null;
        next_step: string;
        started_at: string;
      }[];
    }[];
  }[];
  dead_letters: {
    id: string;
    event_id: string | null;
    delivery_id: string | null;
    consumer: string | null;
    cause: string;
    error: string;
    status: string;
    created_at: string;
  }[];
  /** There is more of something than is shown. */
  truncated: boolean;
}

export interface PutCustomer {
  email?: string | null;
  name?: string | null;
  /** The first one says which region the customer is in. */
  addresses?: readonly CustomerAddress[];
}

export interface CustomerAddress {
  country: string;
  region: string;
  city?: string | null;
  postal_code?: string | null;
  line1?: string | null;
}

export interface Customer {
  id: string;
  email: string | null;
  name: string | null;
  addresses: {
    country: string;
    region: string;
    city: string | null;
    postal_code: string | null;
    line1: string | null;
  }[];
  /** `<country>-<region>` of the first address, e.g. `US-TX`. */
  region_code: string | null;
  created_at: string;
  updated_at: string;
}

export interface Lead {
  id: string;
  status: "accepted" | "quarantined" | "discarded";
  /** Why it was held back: `honeypot`, `too_fast`, `no_contact`, `invalid_email`, `disposable_email`. */
  reason: string | null;
  source: string;
  campaign: string | null;
  /** Null: the form said nothing of consent. */
  consent: {
    given: boolean;
    text: string | null;
    at: string | null;
  } | null;
  /** Repeats of the contact within 24 hours included. */
  submissions: number;
  first_submitted_at: string;
  last_submitted_at: string;
  decided_by: string | null;
  decided_at: string | null;
  created_at: string;
}

export interface LeadDetail {
  id: string;
  status: "accepted" | "quarantined" | "discarded";
  /** Why it was held back: `honeypot`, `too_fast`, `no_contact`, `invalid_email`, `disposable_email`. */
  reason: string | null;
  source: string;
  campaign: string | null;
  /** Null: the form said nothing of consent. */
  consent: {
    given: boolean;
    text: string | null;
    at: string | null;
  } | null;
  /** Repeats of the contact within 24 hours included. */
  submissions: number;
  first_submitted_at: string;
  last_submitted_at: string;
  decided_by: string | null;
  decided_at: string | null;
  created_at: string;
  email: string | null;
  phone: string | null;
  name: string | null;
  message: string | null;
  page_url: string | null;
  /** Everything that was submitted last. */
  fields: Record<string, string>;
}

export interface CreateAccount {
  name: string;
}

export interface Account {
  id: string;
  name: string;
  created_at: string;
}

export interface CreateApiKey {
  name: string;
  /** Only scopes that the calling key has itself. */
  scopes: readonly ("events:write" | "events:read" | "payloads:read" | "payloads:delete" | "event_types:read" | "event_types:write" | "customers:write" | "customers:read" | "leads:read" | "leads:write" | "payments:write" | "payments:read" | "resources:read" | "subscriptions:read" | "subscriptions:write" | "secrets:read" | "deliveries:read" | "streams:connect" | "deliveries:write" | "accounts:read" | "accounts:write" | "api_keys:read" | "api_keys:write" | "access_links:write" | "audit:read" | "internal:publish" | "dlq:read" | "dlq:write" | "dlq:admin" | "platform:admin")[];
  /** Default: never, or when the calling key expires. A key cannot make one that outlives it. */
  expires_at?: string;
  /** Binds the key to one account; a key of an account can only make keys of that account. */
  account_id?: string;
}

export interface CreatedApiKey {
  id: string;
  account_id: string | null;
  name: string;
  /** How the key begins, to recognise it by. */
  prefix: string;
  scopes: string[];
  created_by: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  /** To the minute. */
  last_used_at: string | null;
  key: string;
}

export interface ApiKey {
  id: string;
  account_id: string | null;
  name: string;
  /** How the key begins, to recognise it by. */
  prefix: string;
  scopes: string[];
  created_by: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  /** To the minute. */
  last_used_at: string | null;
}

export interface CreateAccessLink {
  /** Confines whoever uses the link to one account. Default: what the caller may see. */
  account_id?: string;
  /** Only scopes that the caller has itself. Default: those of them that managing endpoints takes: events, event types and payloads read, subscriptions and deliveries read and changed, secrets read. */
  scopes?: readonly ("events:write" | "events:read" | "payloads:read" | "payloads:delete" | "event_types:read" | "event_types:write" | "customers:write" | "customers:read" | "leads:read" | "leads:write" | "payments:write" | "payments:read" | "resources:read" | "subscriptions:read" | "subscriptions:write" | "secrets:read" | "deliveries:read" | "streams:connect" | "deliveries:write" | "accounts:read" | "accounts:write" | "api_keys:read" | "api_keys:write" | "access_links:write" | "audit:read")[];
  /** Of the link, and of the session made from it. Default 3600, or less when the caller itself ends sooner; nobody makes a link that outlives them. */
  expires_in_seconds?: number;
  /** The page that shows the portal in a frame; it must be among PORTAL_EMBED_ORIGINS. */
  embed_origin?: string;
}

export interface AccessLink {
  id: string;
  /** Good once. What it grants stands behind the #, which no server logs. */
  url: string;
  account_id: string | null;
  scopes: string[];
  embed_origin: string | null;
  expires_at: string;
}

export interface CreatedSession {
  organization: {
    id: string;
    name: string;
  };
  /** Null: the whole organization. */
  account: {
    id: string;
    name: string;
  } | null;
  scopes: string[];
  signed_in_with: "api_key" | "access_link";
  /** Null: an API key calls by itself. */
  session_id: string | null;
  /** The page that may show the portal in a frame. */
  embed_origin: string | null;
  expires_at: string;
  token: string;
}

export interface Caller {
  organization: {
    id: string;
    name: string;
  };
  /** Null: the whole organization. */
  account: {
    id: string;
    name: string;
  } | null;
  scopes: string[];
  signed_in_with: "api_key" | "access_link";
  /** Null: an API key calls by itself. */
  session_id: string | null;
  /** The page that may show the portal in a frame. */
  embed_origin: string | null;
  /** Null: never. A session also ends an hour after its last request. */
  expires_at: string | null;
}

export interface AuditEntry {
  id: string;
  /** Number in the organization's chain, without gaps. */
  seq: string;
  actor: string;
  action: string;
  target: string | null;
  detail: Record<string, unknown>;
  created_at: string;
  /** SHA-256 over the entry before and this one, hexadecimal. */
  hash: string;
}

export interface AuditVerdict {
  ok: boolean;
  /** Entries that were checked and follow from each other. */
  entries: number;
  /** The last entry that was checked. */
  head_seq: string | null;
  /** Its hash. Keep it elsewhere: later it shows whether the end of the chain was cut off or rewritten. */
  head_hash: string | null;
  /** False when there are more entries; see `after_seq`. */
  complete: boolean;
  /** The first entry that does not follow from the one before. */
  fault: {
    seq: string;
    reason: "gap" | "broken_link" | "altered";
  } | null;
}

/** Everything the management API offers, by what it is about. */
export interface CarewireApi {
  events: {
    /** Publish an event. Needs scope `events:write`. */
    publish(body: PublishEvent, options?: IdempotentOptions): Promise<PublishedEvent>;
    /** List events, newest first. Needs scope `events:read`. */
    list(query?: {
      /** Items on the page. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
      type?: string;
      subject?: string;
      /** Accepted by Carewire at or after this moment. */
      since?: string;
      /** Accepted by Carewire before this moment. */
      until?: string;
    }, options?: RequestOptions): PagePromise<Event>;
    /** Publish up to 500 events in one commit. Each event is taken or refused on its own; the answers come in the order of the events. Needs scope `events:write`. */
    publishBatch(body: {
      events: readonly PublishEvent[];
    }, options?: IdempotentOptions): Promise<{
      data: (PublishedEvent | RefusedEvent)[];
    }>;
    /** Read an event and its lineage. Needs scope `events:read`. */
    get(id: string, options?: RequestOptions): Promise<EventDetail>;
  };
  eventTypes: {
    /** List event types: the catalog's and the organization's own. By name, and all of them unless a limit is given. Needs scope `event_types:read`. */
    list(query?: {
      /** Items on the page; all when it is not given. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
    }, options?: RequestOptions): PagePromise<EventType, EventTypeList>;
    /** Define an event type of the organization's own. From then on, events of this type are checked against its schema when they are published. Names of the catalog, and those under `cari.`, `dead_letters.`, `endpoint.`, `message.` and `webhook.`, are taken. Needs scope `event_types:write`. */
    create(body: CreateEventType, options?: RequestOptions): Promise<EventType>;
    /** Read an event type. Needs scope `event_types:read`. */
    get(type: string, options?: RequestOptions): Promise<EventType>;
    /** Change an event type of the organization's own. Takes effect within a second. What was published before is not checked again. Needs scope `event_types:write`. */
    update(type: string, body: UpdateEventType, options?: RequestOptions): Promise<EventType>;
    /** Delete an event type of the organization's own. Events of that type may still be published; nothing checks them any more. Needs scope `event_types:write`. */
    remove(type: string, options?: RequestOptions): Promise<void>;
  };
  resources: {
    /** Read an appointment. Every read is audited. Needs scope `resources:read`. */
    getAppointment(id: string, options?: RequestOptions): Promise<Record<string, unknown>>;
    /** Read a prescription. Every read is audited. Needs scope `resources:read`. */
    getPrescription(id: string, options?: RequestOptions): Promise<Record<string, unknown>>;
    /** Read a resource of any kind. Every read is audited. Needs scope `resources:read`. */
    get(kind: string, id: string, options?: RequestOptions): Promise<Record<string, unknown>>;
  };
  payloads: {
    /** Erase one event's payload for good. The event, its deliveries and attempts stay, without the payload and without what endpoints answered. Deliveries that wait end as failed. Erasing it again changes nothing. Needs scope `payloads:delete`. */
    erase(id: string, body: ErasePayload, options?: RequestOptions): Promise<ErasedPayload>;
  };
  subscriptions: {
    /** Create a subscription. The url must be one that deliveries may be sent to. A name that does not resolve yet is accepted: every delivery checks again what it resolves to. Needs scope `subscriptions:write`. */
    create(body: CreateSubscription, options?: RequestOptions): Promise<CreatedSubscription>;
    /** List subscriptions, newest first. Needs scope `subscriptions:read`. */
    list(query?: {
      /** Items on the page. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
    }, options?: RequestOptions): PagePromise<Subscription>;
    /** Check a URL before there is a subscription for it. The rules of creating, and, when asked, a connection to see that somebody is there. Nothing is sent; a ping of the subscription then is a real, signed delivery. Needs scope `subscriptions:write`. */
    checkUrl(body: CheckUrl, options?: RequestOptions): Promise<UrlCheck>;
    /** Read a subscription. Needs scope `subscriptions:read`. */
    get(id: string, options?: RequestOptions): Promise<Subscription>;
    /** Change a subscription. `active: false` holds what is queued and what comes; `active: true` releases it. `headers` and `sensitive_headers` each replace all of their kind. A `signature_scheme` or `key_type` that the secret does not fit makes a new secret; read it from `/secret`, or give one with `/rotate-secret`. Needs scope `subscriptions:write`. */
    update(id: string, body: UpdateSubscription, options?: RequestOptions): Promise<Subscription>;
    /** Delete a subscription. Deliveries that are not finished become cancelled; finished ones stay readable. Needs scope `subscriptions:write`. */
    remove(id: string, options?: RequestOptions): Promise<void>;
    /** Read a subscription's signing secret. Every read is audited. Needs scope `secrets:read`. */
    getSecret(id: string, options?: RequestOptions): Promise<SubscriptionSecret>;
    /** Replace a subscription's signing secret. Those before it sign along for `overlap_seconds`, so that receivers can change over. Needs scope `subscriptions:write`. */
    rotateSecret(id: string, body?: RotateSecret, options?: RequestOptions): Promise<RotatedSecret>;
    /** Hold a subscription's deliveries. What is queued and what comes is held until it is resumed. Pausing again changes nothing. Needs scope `subscriptions:write`. */
    pause(id: string, options?: RequestOptions): Promise<Subscription>;
    /** Release a subscription's deliveries. Also one that was disabled by the platform; its past failures are forgotten. Needs scope `subscriptions:write`. */
    resume(id: string, options?: RequestOptions): Promise<Subscription>;
    /** Send a `webhook.ping` and say what came of it. A real delivery: signed, through the same guard, also to a paused subscription, tried once. Needs scope `subscriptions:write`. */
    ping(id: string, options?: RequestOptions): Promise<ProbeResult>;
    /** Send the example of an event type and say what came of it. Like a ping. Only this subscription gets it, whatever it subscribes to. Needs scope `subscriptions:write`. */
    test(id: string, body: TestSubscription, options?: RequestOptions): Promise<ProbeResult>;
    /** How a subscription's deliveries have been going. Needs scope `subscriptions:read`. */
    stats(id: string, query?: {
      /** Start of the window; default: 24 hours ago. */
      since?: string;
    }, options?: RequestOptions): Promise<SubscriptionStats>;
  };
  doctor: {
    /** Check the platform. Of every organization: that each delivery is in one state and queued if it is open, that audit chains are unbroken, that partitions are there, that dispatchers live and work is not late. Reads only. Needs scope `platform:admin`. */
    get(options?: RequestOptions): Promise<DoctorReport>;
  };
  deliveries: {
    /** List deliveries, newest first. Needs scope `deliveries:read`. */
    list(query?: {
      /** Items on the page. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
      subscription_id?: string;
      status?: "pending" | "retrying" | "held" | "delivered" | "failed" | "cancelled";
      /** Event type. */
      type?: string;
      /** Created at or after this moment. */
      since?: string;
      /** Created before this moment. */
      until?: string;
      response_class?: "1xx" | "2xx" | "3xx" | "4xx" | "5xx" | "none" | "timeout" | "network";
      event_id?: string;
      trigger?: "event" | "replay" | "test";
      /** Made by this replay job. */
      replay_id?: string;
    }, options?: RequestOptions): PagePromise<Delivery>;
    /** Read a delivery. Needs scope `deliveries:read`. */
    get(id: string, options?: RequestOptions): Promise<DeliveryDetail>;
    /** List a delivery's attempts, newest first. Needs scope `deliveries:read`. */
    listAttempts(id: string, query?: {
      /** Items on the page. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
    }, options?: RequestOptions): PagePromise<Attempt>;
    /** Cancel a delivery that is not finished. Pending or held, it becomes cancelled; in an ordered subscription the next of its subject goes. 409 when it is delivered or failed, or being sent right now; one that is cancelled already stays as it is. Needs scope `deliveries:write`. */
    cancel(id: string, options?: RequestOptions): Promise<Delivery>;
  };
  replays: {
    /** Replay deliveries in bulk. With `dry_run` the answer is 200 and a count. Replays run below live traffic. Needs scope `deliveries:write`. */
    create(body: CreateReplay, options?: IdempotentOptions): Promise<ReplayCount | Replay>;
    /** List replay jobs, newest first. Needs scope `deliveries:read`. */
    list(query?: {
      /** Items on the page. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
      status?: "running" | "done" | "cancelled" | "failed";
      subscription_id?: string;
    }, options?: RequestOptions): PagePromise<Replay>;
    /** Read a replay job's progress. Needs scope `deliveries:read`. */
    get(id: string, options?: RequestOptions): Promise<Replay>;
    /** Cancel a replay job. What it queued already is still sent. Cancelling a finished job changes nothing. Needs scope `deliveries:write`. */
    cancel(id: string, options?: RequestOptions): Promise<Replay>;
    /** Send a subscription everything since a moment again. Every event it matches, delivered or not, each once; with `only_failed` those that did not arrive. Needs scope `deliveries:write`. */
    recover(id: string, body: RecoverSubscription, options?: IdempotentOptions): Promise<ReplayCount | Replay>;
    /** Send a subscription the events it never had a delivery for. Events that match its patterns, account and filter as they are now. Needs scope `deliveries:write`. */
    replayMissing(id: string, body?: ReplayMissing, options?: IdempotentOptions): Promise<ReplayCount | Replay>;
    /** Replay one delivery. Delivered, failed or cancelled alike: a new delivery of the same message, with attempts of its own. Held when the subscription is paused; 409 while the delivery itself is still on its way. Needs scope `deliveries:write`. */
    replayDelivery(id: string, options?: IdempotentOptions): Promise<ReplayedDelivery>;
  };
  lineage: {
    /** Read the whole chain around one thing. From an inbound request, event, delivery, attempt or dead letter: inbound request → events → what they caused → deliveries → attempts → dead letters. Internal events only with scope `internal:publish`, dead letters with that or `dlq:admin`. Needs scope `events:read`. */
    get(id: string, options?: RequestOptions): Promise<LineageChain>;
  };
  customers: {
    /** Create or replace a customer. 201 when it is new, else 200. Publishes `customer.created`, `customer.updated` and `customer.address_changed`, the last two when something differs; sending the same again does nothing. Personal fields are sealed at rest. Needs scope `customers:write`. */
    put(id: string, body: PutCustomer, options?: RequestOptions): Promise<Customer>;
    /** Read a customer. Every read is audited. Needs scope `customers:read`. */
    get(id: string, options?: RequestOptions): Promise<Customer>;
  };
  leads: {
    /** List leads, newest first, without personal data. Needs scope `leads:read`. */
    list(query?: {
      status?: "accepted" | "quarantined" | "discarded";
      source?: string;
      campaign?: string;
      /** Items on the page. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
    }, options?: RequestOptions): PagePromise<Lead>;
    /** Read a lead, with what was submitted. Every read is audited. Needs scope `leads:read`. */
    get(id: string, options?: RequestOptions): Promise<LeadDetail>;
    /** Release a lead that was held back. Publishes its `lead.created`. 409 when it is accepted already. Needs scope `leads:write`. */
    release(id: string, options?: RequestOptions): Promise<Lead>;
    /** Discard a lead that was held back. It stays on record, and repeats of it within 24 hours stay with it. 409 when it is accepted. Needs scope `leads:write`. */
    discard(id: string, body: {
      reason: string;
    }, options?: RequestOptions): Promise<Lead>;
  };
  accounts: {
    /** Make an account. A part of the organization, such as a clinic: subscriptions, API keys and events can be of one account alone. Needs scope `accounts:write`. */
    create(body: CreateAccount, options?: RequestOptions): Promise<Account>;
    /** List accounts, newest first. Needs scope `accounts:read`. */
    list(query?: {
      /** Items on the page. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
    }, options?: RequestOptions): PagePromise<Account>;
    /** Read an account. Needs scope `accounts:read`. */
    get(id: string, options?: RequestOptions): Promise<Account>;
  };
  apiKeys: {
    /** Make an API key. The key is in this answer and nowhere else; only its SHA-256 hash is kept. Needs scope `api_keys:write`. */
    create(body: CreateApiKey, options?: RequestOptions): Promise<CreatedApiKey>;
    /** List API keys, revoked and expired ones too, newest first. Needs scope `api_keys:read`. */
    list(query?: {
      /** Items on the page. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
    }, options?: RequestOptions): PagePromise<ApiKey>;
    /** Read an API key. Needs scope `api_keys:read`. */
    get(id: string, options?: RequestOptions): Promise<ApiKey>;
    /** Revoke an API key. Every process refuses the key within a second. The last key of the organization that can manage keys is not revoked (409): make another one first. Needs scope `api_keys:write`. */
    revoke(id: string, options?: RequestOptions): Promise<void>;
  };
  accessLinks: {
    /** Make a link that lets somebody into the portal once. For a product that shows its customers their webhooks: make a link when they ask for the page, and send them there or put it into a frame. It ends with the API key that made it. Needs scope `access_links:write`. */
    create(body?: CreateAccessLink, options?: RequestOptions): Promise<AccessLink>;
  };
  sessions: {
    /** Exchange an API key or an access link for a session. For the portal's server: send the key (`cw_live_…`) or what stands behind the # of the link (`cw_link_…`) as the bearer, and later calls with the session's token. A link is good once. No session makes another. Needs no scope. */
    create(options?: RequestOptions): Promise<CreatedSession>;
    /** Who is calling, and what they may do. Needs no scope. */
    get(options?: RequestOptions): Promise<Caller>;
    /** End the calling session. Every process refuses it within a second. 409 for an API key: those are revoked, not ended. Needs no scope. */
    end(options?: RequestOptions): Promise<void>;
  };
  audit: {
    /** List who did what, newest first. For keys of the whole organization. Needs scope `audit:read`. */
    list(query?: {
      /** Items on the page. */
      limit?: number;
      /** A `next_cursor` or `prev_cursor` of the same list with the same filters; anything else is 400. */
      cursor?: string;
      /** Who did it: `key_…`, or a part of the platform. */
      actor?: string;
      action?: string;
      /** What it was done to, by its public id. */
      target?: string;
      since?: string;
      until?: string;
    }, options?: RequestOptions): PagePromise<AuditEntry>;
    /** Verify the organization's audit chain. Looks at 50000 entries at most. Needs scope `audit:read`. */
    verify(query?: {
      /** Continues behind this entry: the `head_seq` of an answer that was not complete. */
      after_seq?: string;
    }, options?: RequestOptions): Promise<AuditVerdict>;
  };
}
