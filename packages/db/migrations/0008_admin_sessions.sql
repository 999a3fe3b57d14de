-- dlq-admin for people: who is signed in, bulk jobs over dead letters, and what its charts are drawn from.

-- Of a session's token only the SHA-256 is kept. One that came from an API key ends with that key; signing out deletes it.
create table admin_sessions (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  api_key_id uuid references api_keys on delete cascade,  -- null: signed in through OIDC
  token_hash bytea not null unique,
  subject text,                         -- OIDC: who, in the words of the provider
  name text not null,
  role text,                            -- OIDC: viewer | operator | admin; a key's is what its scopes make of it
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index admin_sessions_by_expiry on admin_sessions (expires_at);

-- Retries or discards of many dead letters, a step at a time, so that they survive restarts and can be cancelled.
create table dead_letter_jobs (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,  -- whose key or operator asked
  target_organization_id uuid,          -- null: the dead letters of every organization
  action text not null,                 -- retry | discard
  filter jsonb not null,                -- as it is shown; always with an `until`
  reason text not null,
  status text not null default 'running',                -- running | done | cancelled | failed
  position uuid,                        -- the last one looked at
  matched integer not null,
  looked_at integer not null default 0,
  taken integer not null default 0,
  skipped integer not null default 0,
  error text,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz
);
create index dead_letter_jobs_by_organization on dead_letter_jobs (organization_id, id);
create index dead_letter_jobs_running on dead_letter_jobs (id) where status = 'running';

-- Minutes that somebody counted: one without traffic has a row here alone.
create table counted_minutes (
  minute timestamptz primary key,
  estimated boolean not null            -- there was more than is counted at once
);
grant select, insert, update, delete on counted_minutes to carewire_system;

create table traffic_minutes (
  minute timestamptz not null references counted_minutes on delete cascade,
  organization_id uuid not null,
  requests integer not null default 0,
  events integer not null default 0,
  delivered integer not null default 0,
  retried integer not null default 0,
  failed integer not null default 0,
  dead_letters integer not null default 0,
  primary key (minute, organization_id)
);

select carewire_protect(name::regclass) from unnest(array['admin_sessions', 'dead_letter_jobs', 'traffic_minutes']) name;

-- What was not accepted is rare and what people look for; accepted requests, nearly all, pay nothing for it.
create index inbound_requests_refused on inbound_requests (verdict, id) where verdict <> 'accepted';
create index inbound_requests_refused_by_source on inbound_requests (source_id, verdict, id) where verdict <> 'accepted';
