-- Everything a subscriber expects of a delivery system: see docs/ for the guides, this file for the tables.

-- ─── subscriptions ──────────────────────────────────────────────────────────────────────────────────────────
alter table subscriptions
  add column key_type text not null default 'hmac',      -- hmac (v1) | ed25519 (v1a)
  add column public_key text,                            -- whpk_…: the public half of the newest ed25519 secret
  add column headers jsonb not null default '{}',        -- static headers that may be shown: {"x-name": "value"}
  add column sensitive_headers bytea,                    -- sealed JSON of the same shape; write-only
  add column sensitive_header_names text[] not null default '{}',  -- their names, for display
  add column filter jsonb,                               -- JSON conditions on the payload; null = every event
  add column rate_limit_per_second integer,
  add column ordering text not null default 'none',      -- none | fifo: one in flight per subject
  add column endpoint_auth_type text,                    -- basic | bearer | oauth2, for display
  add column endpoint_auth bytea,                        -- sealed JSON: {type, username, password} | {type, token} | {type, token_url, client_id, client_secret, scope?}
  add column client_certificate bytea,                   -- sealed JSON {certificate, key}, both PEM
  add column client_certificate_subject text,            -- for display
  add column client_certificate_expires_at timestamptz,
  add column probes_until timestamptz,                   -- when the allowance for pings and tests is whole again
  add column compatibility text;                         -- mycure | eka: made through that route and shown there in its shape

-- A subscription with a filter is matched in process, one with an order is queued by subject: routing must know.
alter table subscription_patterns
  add column filtered boolean not null default false,
  add column fifo boolean not null default false;

-- Matched by pattern, not yet by filter. Hot: a row exists only while the condition waits to be evaluated.
create table filter_queue (
  subscription_id uuid not null,
  event_id uuid not null,
  organization_id uuid not null,
  due_at timestamptz not null default now(),   -- later when the payload cannot be opened just now
  primary key (subscription_id, event_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
create index filter_queue_due on filter_queue (due_at, event_id);

-- Deliveries of ordered subscriptions that wait for those before them. The head of a lane is in delivery_queue.
create table fifo_queue (
  delivery_id uuid primary key,
  organization_id uuid not null,
  subscription_id uuid not null,
  subject text not null,
  event_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
create index fifo_queue_order on fifo_queue (subscription_id, subject, event_id);
create table fifo_lanes (
  subscription_id uuid not null,
  subject text not null,
  organization_id uuid not null,
  delivery_id uuid not null unique,     -- the one in delivery_queue now
  primary key (subscription_id, subject)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

-- When the next request may leave, per rate-limited endpoint. Unlogged: after a crash the worst is one burst.
create unlogged table rate_buckets (
  subscription_id uuid primary key,
  next_at timestamptz not null
) with (fillfactor = 50);

alter table endpoint_state
  add column breaker text not null default 'closed',     -- closed | open | half_open
  add column breaker_until timestamptz,
  add column breaker_opens smallint not null default 0,  -- in a row; the pause grows with them
  add column warnings smallint not null default 0;       -- endpoint.failing events sent since it began to fail
create index endpoint_state_broken on endpoint_state (subscription_id) where breaker <> 'closed';
create index subscriptions_rate_limited on subscriptions (id) where rate_limit_per_second is not null;
create index endpoint_state_failing on endpoint_state (failing_since) where failing_since is not null;

-- ─── deliveries ─────────────────────────────────────────────────────────────────────────────────────────────
alter table deliveries
  add column trigger smallint not null default 0,        -- 0 event, 1 replay, 2 ping or test
  add column replay_of uuid,                             -- the delivery this one repeats
  add column replay_job_id uuid;
-- The lane before the endpoint: whoever looks for first attempts must not pass 100,000 endpoints that wait for a retry.
drop index delivery_queue_claim;
create index delivery_queue_claim on delivery_queue (shard, lane, destination_id, due_at);
-- A ping or test: sent even to a paused endpoint, and never again.
alter table delivery_queue add column probe boolean not null default false;
-- Found by every claim, whatever else waits. Empty almost always; a ping's row never changes its being one.
create index delivery_queue_probes on delivery_queue (shard) where probe;

create table replay_jobs (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  account_id uuid,                                       -- of the key that asked; null: the whole organization's
  kind text not null,                                    -- filter | recover | missing
  subscription_id uuid,                                  -- of recover and missing
  filter jsonb not null,                                 -- as it is shown
  until_id uuid not null,                                -- deliveries and events from this id on are not looked at
  rate_per_second integer,
  status text not null default 'running',                -- running | done | cancelled | failed
  total integer not null,
  total_is text not null,                                -- exact | at_least | at_most
  replayed integer not null default 0,
  error text,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  next_step_at timestamptz not null default now()
);
create index replay_jobs_by_organization on replay_jobs (organization_id, id);
create index replay_jobs_running on replay_jobs (next_step_at) where status = 'running';

-- One job's way through one endpoint. Each advances on its own: an endpoint that is paused or slow holds up no other.
create table replay_job_endpoints (
  job_id uuid not null references replay_jobs on delete cascade,
  subscription_id uuid not null,
  organization_id uuid not null,
  position uuid not null,                                -- the last delivery or event looked at
  replayed integer not null default 0,
  done boolean not null default false,
  next_step_at timestamptz not null default now(),
  primary key (job_id, subscription_id)
);
create index replay_job_endpoints_open on replay_job_endpoints (job_id, next_step_at) where not done;
-- Replays only, so that other deliveries pay nothing: which one of an event is the newest, and what a job made.
create index deliveries_replays on deliveries (event_id, destination_id, id) where trigger = 1;
create index deliveries_by_replay_job on deliveries (replay_job_id, id) where replay_job_id is not null;

-- A subscription that was resumed, or deleted, while more waits for it than one transaction should move.
create table endpoint_drains (
  subscription_id uuid primary key,                      -- references nothing: what is cancelled has lost its subscription
  organization_id uuid not null,
  shard smallint not null,
  kind text not null,                                    -- release | cancel
  position uuid not null,                                -- the last delivery looked at
  last_pass boolean not null default false,              -- over what routers that saw the old state committed late
  barrier bigint,                                        -- the last pass begins when every transaction before this one ended
  started_at timestamptz not null default now(),
  next_step_at timestamptz not null default now()
);
create index endpoint_drains_due on endpoint_drains (next_step_at);

-- A destination's deliveries, oldest first, by the one index that finds them at a cost of what is returned. No index
-- knows the status, and for an endpoint with many deliveries the planner would rather walk all of a day's by id.
create function carewire_deliveries_after(destination uuid, after uuid, rows_max integer)
returns table (id uuid, held boolean) language sql stable set enable_sort = off set enable_bitmapscan = off as $$
  select d.id, d.status = 1 from deliveries d
  where (d.destination_id, d.id) > (destination, after) and d.destination_id <= destination and d.id > after
  order by d.destination_id, d.id limit rows_max
$$;
-- The same, newest first.
create function carewire_newest_deliveries(destination uuid, rows_max integer)
returns table (id uuid, held boolean) language sql stable set enable_sort = off set enable_bitmapscan = off as $$
  select d.id, d.status = 1 from deliveries d
  where (d.destination_id, d.id) < (destination, 'ffffffff-ffff-ffff-ffff-ffffffffffff') and d.destination_id >= destination
  order by d.destination_id desc, d.id desc limit rows_max
$$;

-- What the claim needs of an event lies beside its payload, so that one look-up brings all of it.
alter table event_payloads
  add column organization_id uuid,
  add column type text,
  add column external_id text,
  add column occurred_at timestamptz,
  add column traceparent text,
  alter column body drop not null;                       -- null: erased on request
update event_payloads p set organization_id = e.organization_id, type = e.type, external_id = e.external_id,
  occurred_at = e.occurred_at, traceparent = e.traceparent from events e where e.id = p.id;
delete from event_payloads where organization_id is null;  -- its event is gone
alter table event_payloads alter column organization_id set not null, alter column type set not null,
  alter column occurred_at set not null;

create index dead_letters_by_event on dead_letters (event_id) where event_id is not null;

-- ─── event types and resources ──────────────────────────────────────────────────────────────────────────────
create table event_types (
  organization_id uuid not null references organizations on delete cascade,
  type text not null,
  domain text not null,
  description text not null,
  schema jsonb,                                          -- JSON Schema 2020-12; null = anything goes
  example jsonb,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, type)
);

-- What fetch-details serves; the newest version of each.
create table resources (
  organization_id uuid not null references organizations on delete cascade,
  kind text not null,                                    -- appointment | prescription | …
  resource_id text not null,
  account_id uuid,
  version bigint not null,
  body bytea,                                            -- sealed; null: deleted
  etag text not null,
  event_id uuid not null,                                -- the event that brought this version
  updated_at timestamptz not null default now(),
  primary key (organization_id, kind, resource_id)
);

-- A data key seals from this moment on, so that every process knows it before the first does.
alter table data_keys add column active_at timestamptz not null default now();

-- ─── row level security ─────────────────────────────────────────────────────────────────────────────────────
-- Requests of tenants run as carewire_tenant and see their organization's rows, whatever a statement forgot.
-- The platform's own loops (dispatcher, ingress, workers) are members of carewire_system and see all.
do $$
declare name text;
begin
  foreach name in array array['carewire_tenant', 'carewire_system'] loop
    -- Roles belong to the whole server: another database's migration may have made them, even just now.
    continue when exists (select from pg_roles where rolname = name);
    begin
      execute format('create role %I nologin', name);
    exception when duplicate_object or unique_violation then null;
    end;
  end loop;
end $$;
-- The migrating role owns the tables; it and every service's login role are members of both roles like this.
do $$ begin
  if not pg_has_role(current_user, 'carewire_tenant', 'set') then
    execute format('grant carewire_tenant to %I with inherit false, set true', current_user);
  end if;
  if not pg_has_role(current_user, 'carewire_system', 'usage') then
    execute format('grant carewire_system to %I with inherit true', current_user);
  end if;
end $$;

-- Keeps tenants to their own rows of a table with an organization_id. Call it for every such table.
create function carewire_protect(name regclass, organization_column text default 'organization_id') returns void
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', name);
  execute format('alter table %s force row level security', name);
  execute format($f$create policy tenant on %s to carewire_tenant
    using (%I = (select nullif(current_setting('carewire.organization_id', true), '')::uuid))$f$, name, organization_column);
  execute format('create policy system on %s to carewire_system using (true)', name);
  execute format('grant select, insert, update, delete on %s to carewire_tenant, carewire_system', name);
end $$;

select carewire_protect('organizations', 'id');
select carewire_protect(name::regclass) from unnest(array[
  'accounts', 'data_keys', 'api_keys', 'sources', 'inbound_requests', 'events', 'event_payloads', 'deliveries',
  'attempts', 'route_queue', 'delivery_queue', 'filter_queue', 'fifo_queue', 'fifo_lanes', 'subscriptions',
  'subscription_secrets', 'subscription_patterns', 'endpoint_state', 'replay_jobs', 'replay_job_endpoints',
  'endpoint_drains', 'event_types', 'resources', 'dead_letters', 'audit_log', 'billing_subscriptions', 'billing_invoices',
  'billing_checkouts', 'doctor_profiles', 'doctor_memberships']) name;
-- Tables of the platform, not of a tenant: no policy, and nothing for tenants but the consumers' names.
grant select, insert, update, delete on idempotency, rate_buckets, dispatcher_instances, consumers, consumer_topics
  to carewire_system;
grant select on consumers to carewire_tenant;
grant usage on sequence lease_seq to carewire_system;
-- Tenants use organizations and data keys, they do not change them.
revoke insert, update, delete on organizations, data_keys from carewire_tenant;

-- ─── audit: append-only ─────────────────────────────────────────────────────────────────────────────────────
create index audit_log_by_target on audit_log (organization_id, target, seq);
create index audit_log_by_actor on audit_log (organization_id, actor, seq);

-- Where a chain begins whose oldest rows retention took away: the last of those.
create table audit_anchors (
  organization_id uuid primary key,
  seq bigint not null,
  hash bytea not null,
  trimmed_at timestamptz not null default now()
);
select carewire_protect('audit_anchors');
-- Nobody rewrites what was done; the owner of the tables, which no service runs as, is stopped by the triggers.
revoke update, delete on audit_log from carewire_tenant, carewire_system;
revoke insert, update, delete on audit_anchors from carewire_tenant, carewire_system;

create function carewire_keep_audit() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if exists (select from public.audit_anchors a where a.organization_id = old.organization_id and a.seq >= old.seq) then
      return old;
    end if;
  end if;
  raise exception 'audit_log is append-only: % refused', tg_op using errcode = 'insufficient_privilege',
    hint = 'expired rows are removed by carewire_trim_audit';
end $$;
create trigger audit_log_append_only before update or delete on audit_log
  for each row execute function carewire_keep_audit();
create trigger audit_log_no_truncate before truncate on audit_log
  for each statement execute function carewire_keep_audit();

-- Removes the oldest rows of a chain that were written before a moment, at most rows_max of them and never the newest,
-- and notes where the chain begins now. Returns how many it removed.
create function carewire_trim_audit(organization uuid, before timestamptz, rows_max integer default 10000)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare first_kept bigint; first_seq bigint; trimmed integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit:' || organization::text, 0));
  select min(seq), max(seq) into first_seq, first_kept from audit_log where organization_id = organization;
  select least(first_kept, first_seq + rows_max, (select seq from audit_log
    where organization_id = organization and created_at >= before order by seq limit 1)) into first_kept;
  insert into audit_anchors (organization_id, seq, hash)
    select organization_id, seq, hash from audit_log where organization_id = organization and seq = first_kept - 1
    on conflict (organization_id) do update set seq = excluded.seq, hash = excluded.hash, trimmed_at = now();
  delete from audit_log where organization_id = organization and seq < first_kept;
  get diagnostics trimmed = row_count;
  return trimmed;
end $$;
revoke execute on function carewire_trim_audit from public;
grant execute on function carewire_trim_audit to carewire_system;

-- Rows whose day had no partition expire by DELETE.
grant select, delete on inbound_requests_default, events_default, event_payloads_default, deliveries_default,
  attempts_default to carewire_system;

-- ─── partitions: made and dropped by services that do not own the tables ────────────────────────────────────
-- A day that began in the default partition stays there. Both give up rather than hold up everybody behind them.
create or replace function carewire_create_partitions(first date, last date) returns integer language plpgsql
security definer set search_path = public, pg_temp set lock_timeout = '500ms' as $$
declare
  parent text; day date; child text; held boolean; made integer := 0; options text;
begin
  perform pg_advisory_xact_lock(720211065);
  foreach parent in array array['inbound_requests', 'events', 'event_payloads', 'deliveries', 'attempts'] loop
    options := case parent when 'deliveries' then ' with (fillfactor = 90)' else '' end;
    for day in select d::date from generate_series(first, last, interval '1 day') d loop
      child := parent || '_' || to_char(day, 'YYYYMMDD');
      continue when to_regclass(child) is not null;
      execute format('select exists (select from %I where id >= $1 and id < $2)', parent || '_default')
        into held using carewire_day_bound(day), carewire_day_bound(day + 1);
      continue when held;
      execute format('create table %I partition of %I for values from (%L) to (%L)%s',
        child, parent, carewire_day_bound(day), carewire_day_bound(day + 1), options);
      made := made + 1;
    end loop;
  end loop;
  return made;
end $$;
revoke execute on function carewire_create_partitions from public;
grant execute on function carewire_create_partitions to carewire_system;

-- Drops one day partition of a history table; anything else is refused. Returns whether it was there.
create function carewire_drop_partition(name text) returns boolean language plpgsql
security definer set search_path = public, pg_temp set lock_timeout = '100ms' as $$
begin
  if to_regclass(name) is null then return false; end if;
  if not exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where c.oid = to_regclass(name) and c.relname ~ '_[0-9]{8}$' and i.inhparent = any(array['inbound_requests',
        'events', 'event_payloads', 'deliveries', 'attempts']::regclass[])) then
    raise exception '% is not a day partition of a history table', name;
  end if;
  execute format('drop table %s', to_regclass(name));
  return true;
end $$;
revoke execute on function carewire_drop_partition from public;
grant execute on function carewire_drop_partition to carewire_system;
