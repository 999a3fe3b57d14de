-- Written by hand: partitions, storage parameters and the hot queue tables cannot be said in drizzle.
-- The drizzle schema in src/schema mirrors the columns; a test compares the two.

do $$ begin
  if to_regproc('pg_catalog.uuidv7') is null then
    -- PostgreSQL < 18: 48 bits of milliseconds over random bits, version 7 (RFC 9562 section 5.7).
    create function public.uuidv7() returns uuid language sql volatile parallel safe as $f$
      select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
    $f$;
  end if;
end $$;

-- ─── tenants ────────────────────────────────────────────────────────────────────────────────────────────────
create table organizations (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table accounts (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  name text not null,
  created_at timestamptz not null default now()
);
create index accounts_by_organization on accounts (organization_id);

-- One row per data key; dropping an organization's rows erases its payloads and secrets.
create table data_keys (
  organization_id uuid not null references organizations on delete cascade,
  version smallint not null,
  key_encryption_key_id text not null,
  wrapped_key bytea not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, version)
);

create table api_keys (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  account_id uuid references accounts on delete cascade,
  name text not null,
  prefix text not null,
  key_hash bytea not null unique,
  scopes text[] not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index api_keys_by_organization on api_keys (organization_id, id);

-- Where inbound requests come from. Each ingress secret belongs to one source, so to one organization.
create table sources (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  provider text not null,
  name text not null,
  created_at timestamptz not null default now(),
  unique (organization_id, provider, name)
);

-- ─── history: range-partitioned by day on the UUIDv7 id itself ─────────────────────────────────────────────
create table inbound_requests (
  id uuid primary key,
  organization_id uuid not null,
  source_id uuid not null,
  verdict text not null,                -- accepted | duplicate | conflict | malformed
  external_id text,
  reason text,
  headers text not null,                -- JSON text, as everywhere on the hot paths
  body_hash bytea not null,
  body_bytes integer not null,
  body bytea,                           -- sealed; null when an event carries the very same bytes
  received_at timestamptz not null default now()
) partition by range (id);
create index inbound_requests_by_source on inbound_requests (source_id, id);

create table events (
  id uuid primary key,
  organization_id uuid not null,
  account_id uuid,
  type text not null,                   -- public event type, or internal topic (cari.*)
  external_id text,                     -- the publisher's own id, shown instead of ours when given
  subject text,
  source_service text not null,
  occurred_at timestamptz not null,
  inbound_request_id uuid,
  caused_by uuid,                       -- the event whose handler published this one
  traceparent text,
  body_bytes integer not null,
  created_at timestamptz not null default now()
) partition by range (id);
create index events_by_organization on events (organization_id, id);
create index events_by_external_id on events (organization_id, external_id) where external_id is not null;
create index events_by_inbound_request on events (inbound_request_id) where inbound_request_id is not null;
create index events_by_cause on events (caused_by) where caused_by is not null;

create table event_payloads (
  id uuid primary key,                  -- = events.id
  body bytea not null                   -- sealed, byte for byte as received
) partition by range (id);
alter table event_payloads alter column body set storage external;

create table deliveries (
  id uuid primary key,
  organization_id uuid not null,
  event_id uuid not null,
  destination_id uuid not null,         -- subscriptions.id or consumers.id
  destination_kind smallint not null default 0,   -- 0 subscription, 1 consumer
  status smallint not null default 0,   -- 0 pending, 1 held, 2 delivered, 3 failed, 4 cancelled
  attempts smallint not null default 0,
  finished_at timestamptz,
  created_at timestamptz not null default now()
) partition by range (id);
create index deliveries_by_destination on deliveries (destination_id, id);
create index deliveries_by_event on deliveries (event_id);
-- No index may mention `status`: finishing a delivery must stay a HOT update.

create table attempts (
  id uuid primary key,
  delivery_id uuid not null,
  organization_id uuid not null,
  n smallint not null,                  -- not unique with delivery_id: a lost row and a late result may share n
  outcome text not null,                -- closed list in the dispatcher; 'lost' = the lease ran out unanswered
  http_status smallint,
  duration_ms integer,
  error text,
  request_headers text,                 -- `name: value` lines: writing or parsing JSON would cost more than the row
  response_headers text,
  response_body bytea,                  -- sealed, 4 KiB at most
  next_step text not null,              -- delivered | retry | failed | disable | dead_letter | lost
  reason text not null,
  next_retry_at timestamptz,
  started_at timestamptz not null,
  created_at timestamptz not null default now()
) partition by range (id);
create index attempts_by_delivery on attempts (delivery_id, id);

-- ─── hot: a row exists only while work exists; finishing is a DELETE ────────────────────────────────────────
create table route_queue (
  event_id uuid primary key,
  organization_id uuid not null,
  account_id uuid,
  type text not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

create table delivery_queue (
  id uuid primary key,                  -- = deliveries.id
  organization_id uuid not null,
  event_id uuid not null,
  destination_id uuid not null,
  shard smallint not null,              -- 0..63 subscriptions, 64 consumers
  lane smallint not null default 0,     -- 0 first attempt, 1 retry, 2 bulk replay
  attempts smallint not null default 0, -- leases taken so far = number of the current attempt
  retries smallint not null default 0,  -- steps of the retry schedule used up; Retry-After and lost leases use none
  due_at timestamptz not null default now(),
  lease_token bigint,
  lease_until timestamptz               -- never indexed: the lease update must stay HOT
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 200000);
create index delivery_queue_claim on delivery_queue (shard, destination_id, lane, due_at);
create sequence lease_seq cache 50;     -- fencing tokens

-- Unique (scope, key) -> event. Scope = source id for providers, organization id for API callers.
create table idempotency (
  scope uuid not null,
  key text not null,
  event_id uuid not null,
  body_hash bytea not null,
  expires_at timestamptz not null,
  primary key (scope, key)
) with (autovacuum_vacuum_scale_factor = 0.02);
create index idempotency_expiry on idempotency using brin (expires_at);

-- ─── subscriptions ──────────────────────────────────────────────────────────────────────────────────────────
create table subscriptions (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  account_id uuid references accounts on delete cascade,
  name text not null,
  description text,
  url text not null,
  events text[] not null default '{}',
  active boolean not null default true,
  disabled_reason text,
  retry_policy text not null default 'exponential',
  max_retries smallint not null default 7,
  payload_format text not null default 'envelope',
  signature_scheme text not null default 'standard-webhooks',
  success_codes text not null default '2xx',
  metadata jsonb not null default '{}',
  shard smallint not null,
  version integer not null default 1,   -- bumped by every change; the dispatcher's cache compares it
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index subscriptions_by_organization on subscriptions (organization_id, id);

-- Signing secrets; the newest signs, older ones sign along until they expire.
create table subscription_secrets (
  id uuid primary key,
  organization_id uuid not null,
  subscription_id uuid not null references subscriptions on delete cascade,
  secret bytea not null,                -- sealed
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index subscription_secrets_by_subscription on subscription_secrets (subscription_id, id);

-- subscriptions.events exploded for equality look-ups: '*', 'order.*', 'order.paid'.
create table subscription_patterns (
  organization_id uuid not null,
  pattern text not null,
  subscription_id uuid not null references subscriptions on delete cascade,
  account_id uuid,
  shard smallint not null,
  held boolean not null default false,
  primary key (organization_id, pattern, subscription_id)
);
create index subscription_patterns_by_subscription on subscription_patterns (subscription_id);

create table endpoint_state (
  subscription_id uuid primary key references subscriptions on delete cascade,
  organization_id uuid not null,
  consecutive_failures integer not null default 0,
  failing_since timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  in_flight_limit smallint,
  updated_at timestamptz not null default now()
);

create table dispatcher_instances (
  id uuid primary key,
  heartbeat_at timestamptz not null default now()
);

-- ─── internal consumers ─────────────────────────────────────────────────────────────────────────────────────
create table consumers (
  id uuid primary key,
  name text not null unique,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now()
);
create table consumer_topics (
  topic text not null,
  consumer_id uuid not null references consumers on delete cascade,
  primary key (topic, consumer_id)
);

create table dead_letters (
  id uuid primary key,
  organization_id uuid not null,
  event_id uuid,
  delivery_id uuid,
  inbound_request_id uuid,
  consumer text,
  topic text not null,
  cause text not null,                  -- schema | handler | malformed | …
  error text not null,
  original_payload bytea not null,      -- sealed
  attempts smallint not null default 0,
  status text not null default 'open',  -- open | retrying | resolved | discarded
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by text,
  resolution text
);
create index dead_letters_open on dead_letters (organization_id, id) where status = 'open';

-- ─── audit: one hash chain per organization ─────────────────────────────────────────────────────────────────
create table audit_log (
  organization_id uuid not null,
  seq bigint not null,
  id uuid not null unique,
  actor text not null,
  action text not null,
  target text,
  detail jsonb not null default '{}',
  created_at timestamptz not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (organization_id, seq)
);

-- ─── partitions ─────────────────────────────────────────────────────────────────────────────────────────────
-- The smallest UUIDv7 of a UTC day: 48 bits of milliseconds, the rest zero.
create function carewire_day_bound(day date) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex((extract(epoch from day::timestamp) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Creates the day partitions of [first, last] that do not exist; returns how many it made.
create function carewire_create_partitions(first date, last date) returns integer language plpgsql as $$
declare
  parent text; day date; child text; made integer := 0; options text;
begin
  foreach parent in array array['inbound_requests', 'events', 'event_payloads', 'deliveries', 'attempts'] loop
    options := case parent when 'deliveries' then ' with (fillfactor = 90)' else '' end;
    for day in select d::date from generate_series(first, last, interval '1 day') d loop
      child := parent || '_' || to_char(day, 'YYYYMMDD');
      if to_regclass(child) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)%s',
          child, parent, carewire_day_bound(day), carewire_day_bound(day + 1), options);
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;

-- Ids outside the prepared days must never fail an insert.
create table inbound_requests_default partition of inbound_requests default;
create table events_default partition of events default;
create table event_payloads_default partition of event_payloads default;
create table deliveries_default partition of deliveries default;
create table attempts_default partition of attempts default;

select carewire_create_partitions((now() at time zone 'utc')::date - 1, (now() at time zone 'utc')::date + 7);

-- ─── domain state of the platform's own services ────────────────────────────────────────────────────────────
-- Stripe billing state: written only by the ingress-payments worker. *_at columns hold the provider's clock.
create table billing_subscriptions (
  organization_id uuid not null,
  stripe_subscription_id text not null,
  customer_id text not null,
  status text not null,
  current_period_end timestamptz,
  cancel_at_period_end boolean not null default false,
  state_at timestamptz not null,
  event_id text not null,
  updated_at timestamptz not null default now(),
  primary key (organization_id, stripe_subscription_id)
);
create table billing_invoices (
  organization_id uuid not null,
  stripe_invoice_id text not null,
  stripe_subscription_id text,
  customer_id text,
  status text not null,                 -- paid | payment_failed
  amount bigint not null,               -- in the currency's smallest unit
  currency text not null,
  attempt_count integer not null default 0,
  state_at timestamptz not null,
  event_id text not null,
  updated_at timestamptz not null default now(),
  primary key (organization_id, stripe_invoice_id)
);
create table billing_checkouts (
  organization_id uuid not null,
  stripe_session_id text not null,
  order_id text,
  customer_id text,
  stripe_subscription_id text,
  payment_status text not null,         -- unpaid | paid | no_payment_required | failed
  amount bigint,
  currency text,
  state_at timestamptz not null,
  event_id text not null,
  updated_at timestamptz not null default now(),
  primary key (organization_id, stripe_session_id)
);

create table doctor_profiles (
  id uuid primary key,
  organization_id uuid not null,
  user_id text not null,
  email text not null,
  first_name text,
  last_name text,
  created_at timestamptz not null default now(),
  unique (organization_id, user_id)
);
create table doctor_memberships (
  organization_id uuid not null,
  user_id text not null,
  member_of text not null,              -- the organization named in the event's payload
  role text not null,
  doctor_profile_id uuid references doctor_profiles on delete cascade,  -- null until the profile arrives
  joined_at timestamptz not null,
  primary key (organization_id, user_id, member_of)
);
